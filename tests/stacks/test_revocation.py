"""Sessions of a role that were issued before a time can be revoked."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from environments import load_environment
from tests.stacks.synthesized import Synthesized, synthesize


def _revoking(folder: Path, before: dict[str, datetime]) -> Synthesized:
    config = load_environment("dev")
    access = config.access.model_copy(update={"revoke_sessions_before": before})
    return synthesize([config.model_copy(update={"access": access})], folder)["dev"]


def _statements(stack: Synthesized) -> dict[str, dict[str, Any]]:
    return {
        policy["name"]: statement
        for policy in stack.resources("aws_iam_policy").values()
        for statement in json.loads(policy["policy"])["Statement"]
        if statement.get("Sid", "").endswith("RevokeOlderSessions")
    }


def test_older_sessions_of_the_role_alone_are_denied_everything(tmp_path: Path) -> None:
    stack = _revoking(tmp_path, {"job": datetime(2026, 11, 30, 21, tzinfo=UTC)})
    ((name, statement),) = _statements(stack).items()
    assert name.startswith("terrarium-dev-job-")
    assert statement | {"Sid": ""} == {
        "Sid": "",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-30T21:00:00Z"}},
    }


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no role 'jobs'\. Roles: ci-deploy, .*scientist"):
        _revoking(tmp_path, {"jobs": datetime(2026, 11, 30, 21, tzinfo=UTC)})
