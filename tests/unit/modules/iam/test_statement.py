"""The JSON of a statement equals the form that IAM stores, so that plans show no difference."""

import json

import pytest
from pydantic import ValidationError

from modules.iam.statement import Statement, policy_document


def test_a_list_of_one_value_is_written_as_the_value() -> None:
    statement = Statement(sid="Read", actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",))
    assert statement.document() == {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }


def test_principals_and_conditions_are_optional() -> None:
    statement = Statement(
        sid="Trust",
        actions=("sts:AssumeRole",),
        principals={"Service": ("ecs-tasks.amazonaws.com",)},
        conditions={"StringEquals": {"aws:SourceAccount": "111111111111", "k": ("a", "b")}},
    )
    assert statement.document() == {
        "Sid": "Trust",
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111", "k": ["a", "b"]}},
    }


def test_a_document_contains_its_statements_in_order() -> None:
    statements = [Statement(sid=sid, actions=("s3:*",), resources=("*",)) for sid in ("One", "Two")]
    assert [found["Sid"] for found in json.loads(policy_document(statements))["Statement"]] == ["One", "Two"]


@pytest.mark.parametrize(
    "wrong", [{"sid": "no dashes-"}, {"actions": ()}, {"effect": "Maybe"}, {"colour": "red"}]
)
def test_refuses_invalid_statements(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Statement.model_validate({"sid": "Read", "actions": ("s3:GetObject",), **wrong})
