"""Permissions on the customer-managed key: which roles may use it, directly or through which services."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stacks.synthesized import Synthesized

NAMES = ("dev", "prod", "staging", "test")


@pytest.fixture(params=NAMES)
def stack(stacks: dict[str, Synthesized], request: pytest.FixtureRequest) -> Synthesized:
    return stacks[request.param]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def key_policy(stack: Synthesized, service: str) -> list[dict[str, Any]]:
    """Return the statements of the key policy for a service."""
    (key,) = stack.resources("aws_kms_key").values()
    return [
        statement
        for statement in json.loads(key["policy"])["Statement"]
        if service in listed(statement["Principal"].get("Service", []))
    ]


def key_grants(stack: Synthesized, role: str) -> Iterator[tuple[set[str], dict[str, Any]]]:
    """Return the actions and conditions of a role's statements about keys."""
    for path, policy in stack.resources("aws_iam_policy").items():
        if path.startswith(f"{role}/"):
            for statement in json.loads(policy["policy"])["Statement"]:
                actions = {action for action in listed(statement["Action"]) if action.startswith("kms:")}
                if actions:
                    yield actions, statement.get("Condition", {})


def services(stack: Synthesized, role: str, action: str) -> set[str]:
    """Return the services through which a role may call an action of KMS."""
    return {
        through.partition(".")[0]
        for actions, condition in key_grants(stack, role)
        if action in actions
        for through in listed(condition.get("StringEquals", {}).get("kms:ViaService", []))
    }


def test_the_role_of_state_machines_uses_the_key_for_state_machines_only(stack: Synthesized) -> None:
    """Step Functions calls KMS as the execution role, without `kms:ViaService`."""
    contexts = {
        key: actions
        for actions, condition in key_grants(stack, "pipelines/executor")
        for test in condition.values()
        for key in test
    }
    assert contexts["kms:EncryptionContext:aws:states:stateMachineArn"] == {
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert contexts["kms:EncryptionContext:SourceArn"] == {"kms:GenerateDataKey"}
    assert "states" not in services(stack, "pipelines/executor", "kms:Decrypt")


def test_the_role_of_schedules_decrypts_their_inputs(stack: Synthesized) -> None:
    contexts = {
        key
        for actions, condition in key_grants(stack, "pipelines/starter")
        for test in condition.values()
        for key in test
        if "kms:Decrypt" in actions
    }
    assert "kms:EncryptionContext:aws:scheduler:schedule:arn" in contexts
    assert services(stack, "pipelines/starter", "kms:GenerateDataKey") == {"sqs"}


def test_logs_of_state_machines_can_be_delivered(stack: Synthesized) -> None:
    (statement,) = key_policy(stack, "delivery.logs.amazonaws.com")
    assert statement["Action"] == "kms:Decrypt"


def test_ci_decrypts_state_machines_and_schedules_for_a_refresh(stack: Synthesized) -> None:
    for role in ("plan", "deploy"):
        assert {"scheduler", "ssm", "states"} <= services(stack, f"access/delivery/{role}", "kms:Decrypt")


def test_scientists_read_executions_if_they_may_start_pipelines(stack: Synthesized) -> None:
    may_start = any(
        "states:StartExecution" in policy["policy"]
        for path, policy in stack.resources("aws_iam_policy").items()
        if path.startswith("access/scientist/")
    )
    assert ("states" in services(stack, "access/scientist", "kms:Decrypt")) == may_start


def test_eventbridge_publishes_to_the_encrypted_topic(stack: Synthesized) -> None:
    """It sends neither KMS nor SNS a source account: a condition on it would drop every notice."""
    tests = [
        set().union(*statement["Condition"].values())
        for statement in key_policy(stack, "events.amazonaws.com")
    ]
    assert {"kms:EncryptionContext:aws:sns:topicArn"} in tests
    (topic,) = stack.resources("aws_sns_topic_policy").values()
    (statement,) = [
        one
        for one in json.loads(topic["policy"])["Statement"]
        if "events.amazonaws.com" in listed(one["Principal"]["Service"])
    ]
    assert "Condition" not in statement


def test_undelivered_events_of_pipelines_are_sent_to_the_dead_letter_queue(stack: Synthesized) -> None:
    arrivals = {
        path: target
        for path, target in stack.resources("aws_cloudwatch_event_target").items()
        if "arrival" in path
    }
    for target in arrivals.values():
        assert "dead-letters" in target["dead_letter_config"]["arn"]
        assert target["retry_policy"]["maximum_retry_attempts"] > 0
    assert bool(stack.resources("aws_sqs_queue_policy")) == bool(arrivals)
