"""A check of checkov is answered, for one resource, by a better one that holds for it; elsewhere it stands."""

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


def test_access_logs_are_answered_for_buckets_that_the_audit_trail_watches() -> None:
    asked = [finding("CKV_AWS_18", "watched"), finding("CKV_AWS_18", "unwatched")]
    answers = [finding("object-audit", "unwatched", "terrarium")]
    assert list(unanswered(asked, answers, WITHOUT_ROLES)) == [asked[1]]


def test_what_nothing_answers_stands() -> None:
    asked = [finding("CKV_AWS_144", "watched")]
    assert list(unanswered(asked, [], WITHOUT_ROLES)) == asked


@pytest.fixture
def roles() -> Stack:
    """A role that holds a policy, and a boundary that nobody holds."""

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


def test_a_policy_is_answered_by_the_role_that_holds_it_and_a_boundary_grants_nothing(roles: Stack) -> None:
    asked = [finding("CKV_AWS_288", "held"), finding("CKV_AWS_288", "boundary")]
    answers = [finding("data-exfiltration", "job", "cloudsplaining")]
    assert list(unanswered(asked, answers, (roles,))) == [asked[0]]
    assert list(unanswered(asked, [], (roles,))) == []


def test_our_own_policies_hold_in_every_environment_but_for_what_is_waived(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        waived = {(logical_id, check) for logical_id, checks in stack.waivers.items() for check in checks}
        broken = {(found.resource, found.check) for found in own_findings(stack)}
        assert broken - waived == set(), stack.name
