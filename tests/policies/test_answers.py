"""Findings of checkov are dropped for a resource that passes a stricter check."""

import json
from typing import Any

import pytest

from policies.catalogue import own_findings, unanswered
from policies.finding import Finding, Tool
from policies.stack import Stack

WITHOUT_ROLES: tuple[Stack, ...] = ()


def finding(check: str, resource: str, tool: Tool = "checkov") -> Finding:
    return Finding(
        environment="dev", tool=tool, check=check, resource=resource, path="", problem="", remedy=""
    )


def test_access_logs_are_not_needed_for_buckets_in_the_audit_trail() -> None:
    asked = [finding("CKV_AWS_18", "watched"), finding("CKV_AWS_18", "unwatched")]
    answers = [finding("object-audit", "unwatched", "terrarium")]
    assert list(unanswered(asked, answers, WITHOUT_ROLES)) == [asked[1]]


def test_a_checkov_finding_without_a_stricter_check_stays() -> None:
    asked = [finding("CKV_AWS_144", "watched")]
    assert list(unanswered(asked, [], WITHOUT_ROLES)) == asked


@pytest.fixture
def roles() -> Stack:
    """A stack with a role and its policy, and a boundary that no role has as a policy."""

    def body(**arguments: object) -> dict[str, Any]:
        return {"//": {"metadata": {"path": "dev/x"}}, **arguments}

    document = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    return Stack(
        name="dev",
        tier="disposable",
        document={
            "resource": {
                "aws_iam_role": {"job": body(name="job")},
                "aws_iam_policy": {"held": body(policy=document), "boundary": body(policy=document)},
                "aws_iam_role_policy_attachment": {
                    "one": body(role="${aws_iam_role.job.name}", policy_arn="${aws_iam_policy.held.arn}")
                },
            }
        },
    )


def test_findings_about_a_policy_are_covered_by_checks_of_its_role(
    roles: Stack,
) -> None:
    asked = [finding("CKV_AWS_288", "held"), finding("CKV_AWS_288", "boundary")]
    answers = [finding("data-exfiltration", "job", "cloudsplaining")]
    assert list(unanswered(asked, answers, (roles,))) == [asked[0]]
    assert list(unanswered(asked, [], (roles,))) == []


def test_every_environment_complies_with_the_own_policies_except_for_waivers(
    stacks: dict[str, Stack],
) -> None:
    for stack in stacks.values():
        waived = {(logical_id, check) for logical_id, checks in stack.waivers.items() for check in checks}
        broken = {(found.resource, found.check) for found in own_findings(stack)}
        assert broken - waived == set(), stack.name
