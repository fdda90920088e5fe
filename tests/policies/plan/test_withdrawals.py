"""Permissions that a plan withdraws from roles and from principals of resource policies."""

import json
from typing import Any

import pytest

from policies.plan.planned_stack import planned_stack
from policies.plan.withdrawals import withdrawals
from tests.policies.aws.statement_stack import role_with

ROLE = "aws_iam_role.role"
GET = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::runs/*"}

Body = dict[str, Any]


def document(*statements: Body) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]})


def one(kind: str, name: str, /, **before: Any) -> Body:
    change = {"actions": ["no-op"], "before": before, "after": before}
    return {"type": kind, "name": name, "address": f"{kind}.{name}", "change": change}


def of_roles(*policies: list[Body], after: list[Body]) -> list[str]:
    """Return the warnings about a role with several policies before, and one after."""
    changes = [one("aws_iam_role", "role", name="terrarium-dev-job", arn="arn:aws:iam::1:role/job")]
    for number, statements in enumerate(policies):
        arn = f"arn:aws:iam::1:policy/{number}"
        changes += [
            one("aws_iam_policy", f"p{number}", arn=arn, policy=document(*statements)),
            one("aws_iam_role_policy_attachment", f"a{number}", role="terrarium-dev-job", policy_arn=arn),
        ]
    plan = {"resource_changes": changes, "planned_values": {"root_module": {}}}
    return [found.text for found in withdrawals(planned_stack(role_with(*after), plan))]


def of_policy(before: list[Body], after: list[Body], kind: str = "aws_kms_key") -> list[str]:
    argument = "assume_role_policy" if kind == "aws_iam_role" else "policy"
    change = one(kind, "x") | {
        "change": {
            "actions": ["update"],
            "before": {argument: document(*before)},
            "after": {argument: document(*after)},
        }
    }
    plan = {"resource_changes": [change], "planned_values": {"root_module": {}}}
    return [found.text for found in withdrawals(planned_stack(role_with(), plan))]


def test_names_the_permissions_that_a_role_loses() -> None:
    before = [GET, {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::runs/*"}]
    assert of_roles(before, after=[GET]) == ["the role loses s3:PutObject on arn:aws:s3:::runs/*"]


def test_names_a_policy_of_aws_that_is_detached() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    change = {
        "actions": ["delete"],
        "before": {"role": "terrarium-dev-job", "policy_arn": arn},
        "after": None,
    }
    detached = one("aws_iam_role_policy_attachment", "x") | {"change": change}
    plan = {"resource_changes": [detached], "planned_values": {"root_module": {}}}
    found = [withdrawn.text for withdrawn in withdrawals(planned_stack(role_with(), plan))]
    assert found == [f"the role loses the policy {arn}"]


def test_names_resources_that_a_role_loses() -> None:
    narrower = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::runs/public/*"}
    assert of_roles([GET], after=[narrower]) == ["the role loses s3:GetObject on arn:aws:s3:::runs/*"]


def test_names_new_denials() -> None:
    denied = {"Effect": "Deny", "Action": "s3:GetObject"}
    assert of_roles([GET], after=[GET, denied]) == ["the role loses s3:GetObject (a new denial)"]


@pytest.mark.parametrize(
    "after",
    [
        [GET],
        [{"Action": ["s3:Get*", "s3:PutObject"], "Resource": "arn:aws:s3:::runs/*"}],
        [{"Action": "S3:GETOBJECT", "Resource": "*"}],
        [{"Action": "s3:GetObject", "Resource": "${aws_s3_bucket.new.arn}/*"}],
    ],
    ids=["the same", "more actions", "more resources", "a resource that is not known yet"],
)
def test_a_wider_grant_withdraws_nothing(after: list[Body]) -> None:
    assert of_roles([GET], after=after) == []


def test_a_denial_whose_resource_is_not_known_yet_is_not_new() -> None:
    denied = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::runs/*"}
    after = denied | {"Resource": "${aws_s3_bucket.runs.arn}/*"}
    assert of_roles([GET, denied], after=[GET, after]) == []


def test_a_statement_that_moves_to_another_policy_is_not_withdrawn() -> None:
    put = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::runs/*"}
    assert of_roles([GET], [put], after=[put, GET]) == []


@pytest.mark.parametrize(
    "kind", ["aws_kms_key", "aws_s3_bucket_policy", "aws_iam_role", "aws_sqs_queue_policy"]
)
def test_names_principals_that_lose_access(kind: str) -> None:
    before = {
        "Sid": "Logs",
        "Principal": {"Service": ["logs.amazonaws.com", "x.amazonaws.com"]},
        "Action": "kms:*",
    }
    after = before | {"Principal": {"Service": "logs.amazonaws.com"}}
    (text,) = of_policy([before], [after], kind)
    assert "no longer allows kms:* to logs.amazonaws.com, x.amazonaws.com (statement Logs)" in text
    assert of_policy([after], [before], kind) == [], "more principals"


def test_a_new_condition_withdraws_access_and_a_new_denial_too() -> None:
    allowed = {"Principal": "*", "Action": "kms:Decrypt"}
    condition = {"Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}}
    assert len(of_policy([allowed], [allowed | condition])) == 1
    assert of_policy([allowed | condition], [allowed]) == []
    (text,) = of_policy([allowed], [allowed, {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt"}])
    assert "denies kms:Encrypt" in text
