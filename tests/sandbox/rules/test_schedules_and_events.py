"""Rules of EventBridge and its scheduler."""

import json
import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.sandbox.rules.test_states import create_role
from tests.support.refused_by import refused_by

QUEUE = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:queue"
MACHINE = f"arn:aws:states:eu-central-1:{ACCOUNT}:stateMachine:machine"


@pytest.fixture
def rule(client: Client) -> str:
    """A rule without targets."""
    name = f"rule-{uuid.uuid4().hex}"
    client("events").put_rule(Name=name, EventPattern=json.dumps({"source": ["test"]}))
    return name


def create_schedule(client: Client, role: str, **given: Any) -> None:
    client("scheduler").create_schedule(
        Name=f"s-{uuid.uuid4().hex}",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": QUEUE, "RoleArn": role},
        **given,
    )


def test_the_role_of_a_schedule_trusts_the_scheduler(client: Client) -> None:
    with refused_by("schedule-role", message="must allow AWS EventBridge Scheduler to assume the role"):
        create_schedule(client, create_role(client, "events.amazonaws.com"))
    create_schedule(client, create_role(client, "scheduler.amazonaws.com"))


def test_the_group_of_a_schedule_exists(client: Client) -> None:
    role, group = create_role(client, "scheduler.amazonaws.com"), f"g-{uuid.uuid4().hex}"
    with refused_by("schedule-group", message=group):
        create_schedule(client, role, GroupName=group)
    client("scheduler").create_schedule_group(Name=group)
    create_schedule(client, role, GroupName=group)


def test_a_rule_has_five_targets_at_most(client: Client, rule: str) -> None:
    events = client("events")
    targets = [{"Id": str(number), "Arn": f"{QUEUE}{number}"} for number in range(6)]
    events.put_targets(Rule=rule, Targets=targets[:5])
    events.put_targets(Rule=rule, Targets=targets[:1])
    with refused_by("rule-targets"):
        events.put_targets(Rule=rule, Targets=targets[5:])


def test_a_state_machine_is_started_by_a_role(client: Client, rule: str) -> None:
    events = client("events")
    with refused_by("rule-target-role", message=MACHINE):
        events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": MACHINE}])
    role = create_role(client, "events.amazonaws.com")
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": MACHINE, "RoleArn": role}])
    events.put_targets(Rule=rule, Targets=[{"Id": "2", "Arn": QUEUE}])


def test_a_rule_with_targets_is_not_deleted_and_a_pattern_is_one(client: Client, rule: str) -> None:
    """moto itself refuses these requests."""
    events = client("events")
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": QUEUE}])
    with pytest.raises(events.exceptions.ClientError, match="Rule can't be deleted since it has targets"):
        events.delete_rule(Name=rule)
    with pytest.raises(events.exceptions.InvalidEventPatternException):
        events.put_rule(Name=rule, EventPattern=json.dumps({"source": "test"}))
