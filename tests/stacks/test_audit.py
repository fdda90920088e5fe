"""The audit trail in a bucket of the company, or by the organization."""

from pathlib import Path
from typing import Any

from environments import Environment, load_environment
from policies.rules import audit
from policies.stack import Stack
from tests.stacks.synthesized import Synthesized, synthesize

_KEY = "arn:aws:kms:eu-central-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def synthesized(folder: Path, **fields: Any) -> Synthesized:
    document = load_environment("dev").model_dump(mode="json")
    document["audit"] |= fields
    (stack,) = synthesize([Environment.model_validate(document)], folder).values()
    return stack


def problems(stack: Synthesized) -> list[str]:
    judged = Stack(name="dev", tier="disposable", document=stack.document)
    return [violation.problem for policy in audit.POLICIES for violation in policy.violations(judged)]


def test_a_bucket_of_the_company_replaces_the_one_of_the_environment(tmp_path: Path) -> None:
    stack = synthesized(tmp_path, log_bucket="acme-logs", log_key_arn=_KEY)
    trail = stack.resource("aws_cloudtrail", "audit/trail")
    assert (trail["s3_bucket_name"], trail["kms_key_id"]) == ("acme-logs", _KEY)
    assert not any(path.startswith("audit/") for path in stack.resources("aws_s3_bucket"))
    assert problems(stack) == []


def test_the_organization_s_trail_replaces_trail_and_bucket(tmp_path: Path) -> None:
    stack = synthesized(tmp_path, trail="organization")
    assert stack.resources("aws_cloudtrail") == {}
    assert not any(path.startswith("audit/") for path in stack.resources("aws_s3_bucket"))
    assert problems(stack) == []


def test_calls_that_change_a_trail_still_raise_an_alarm(tmp_path: Path) -> None:
    rules = synthesized(tmp_path, trail="organization").resources("aws_cloudwatch_event_rule")
    assert "StopLogging" in rules["observability/trail-changes"]["event_pattern"]


def test_every_bucket_writes_access_logs_below_its_own_name(tmp_path: Path) -> None:
    stack = synthesized(tmp_path, access_log_bucket="acme-access-logs")
    logging = stack.resources("aws_s3_bucket_logging")
    assert len(logging) == len(stack.resources("aws_s3_bucket"))
    artifacts = logging["artifacts/access-logs"]
    assert artifacts["target_bucket"] == "acme-access-logs"
    assert artifacts["target_prefix"].endswith("/")
