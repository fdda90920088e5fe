"""Fixture: the page that a test file follows."""

import shutil
from pathlib import Path

import pytest

from tests.support.runbook import Runbook

_PAGES = Path(__file__).parents[3] / "docs" / "runbooks"


@pytest.fixture
def runbook(request: pytest.FixtureRequest) -> Runbook:
    """The page that the test file is named for: `test_cancel_key_deletion.py` follows `cancel-key-deletion.md`."""
    if shutil.which("aws") is None:
        pytest.fail("runbooks use the AWS command line: install it, so that `aws` is in PATH")
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    return Runbook(_PAGES / f"{name}.md")
