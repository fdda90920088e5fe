"""Names of resources with a prefix of the company's choice."""

import json
import re
from pathlib import Path

import pytest

from environments import Environment
from tests.stacks.synthesized import Synthesized, synthesize


@pytest.fixture
def prefixed(everything: Environment) -> Environment:
    """An environment with every option and the longest names."""
    names = {"name_prefix": "acme-machine-learn", "resource_name": "wolves"}
    assert len("-".join(names.values())) == 25
    return Environment.model_validate({**everything.model_dump(mode="json"), **names})


@pytest.fixture
def stack(prefixed: Environment, tmp_path: Path) -> Synthesized:
    return synthesize([prefixed], tmp_path / "out")[prefixed.name]


def test_every_name_begins_with_the_prefix(stack: Synthesized) -> None:
    text = json.dumps(stack.document["resource"])
    assert re.findall(r".{40}terrarium[-_](?:dev|wolves).{20}", text) == []
    groups = {group["name"] for group in stack.resources("aws_cloudwatch_log_group").values()}
    assert {"/acme-machine-learn/dev/jobs", "/acme-machine-learn/dev/flow-logs"} <= groups
    # The SDK finds the manifest by the name of the environment alone.
    assert stack.resource("aws_ssm_parameter", "manifest/parameter")["name"] == "/terrarium/dev/manifest"
    # A shortened name ends with a digest.
    assert re.findall(r"acme-machine-learn-wolves-[a-z0-9-]*-[0-9a-f]{8}\"", text) == []
