"""Local: a live sandbox (not committed)."""
import json, os
from pathlib import Path
import pytest
from terrarium.manifest import parse_manifest
from tests.sandbox.provisioning import Account
LIVE = Path("/tmp/w/s4_live/env.json")
if LIVE.exists():
    @pytest.fixture(scope="session")
    def administrator():
        return Account(json.loads(LIVE.read_text())["variables"])
    @pytest.fixture(scope="session")
    def provisioned():
        return parse_manifest(json.loads(LIVE.read_text())["manifest"], source="live")
