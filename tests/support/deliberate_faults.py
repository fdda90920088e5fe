"""Deliberate faults in a deployed environment, with the check of `terrarium verify` that each makes fail."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from terrarium.manifest import PlatformManifest

__all__ = ["BREAKAGES", "Breakage"]

Clients = Callable[[str], Any]
Break = Callable[[Clients, PlatformManifest], AbstractContextManager[None]]


@dataclass(frozen=True)
class Breakage:
    """A fault.

    Args:
        name: What is wrong.
        lines: Role and check of the lines that fail; more than one where roles share what is broken.
        broken: Makes the fault, and takes it back at the end of its block.
    """

    name: str
    lines: frozenset[tuple[str, str]]
    broken: Break


def _denied(
    role: str, *actions: str, resource: str = "*", condition: Mapping[str, Any] | None = None
) -> Break:
    """Return the fault that a role lacks permissions, as if its policies did not grant them."""

    @contextmanager
    def broken(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
        name = f"terrarium-{manifest.environment}-{role}"
        statement = {
            "Effect": "Deny",
            "Action": list(actions),
            "Resource": resource.format(manifest=manifest),
            **({"Condition": condition} if condition else {}),
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client("iam").put_role_policy(RoleName=name, PolicyName="broken", PolicyDocument=document)
        yield
        client("iam").delete_role_policy(RoleName=name, PolicyName="broken")

    return broken


def _through(service: str) -> dict[str, Any]:
    return {"StringEquals": {"kms:ViaService": f"{service}.eu-central-1.amazonaws.com"}}


@contextmanager
def _queue_disabled(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    queue = manifest.compute.pools[0].queue_arn
    client("batch").update_job_queue(jobQueue=queue, state="DISABLED")
    yield
    client("batch").update_job_queue(jobQueue=queue, state="ENABLED")


@contextmanager
def _workgroup_disabled(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    workgroup = manifest.features.workgroup
    client("athena").update_work_group(WorkGroup=workgroup, State="DISABLED")
    yield
    client("athena").update_work_group(WorkGroup=workgroup, State="ENABLED")


@contextmanager
def _topic_closed_to_events(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    topic = f"arn:aws:sns:{manifest.region}:{manifest.account}:terrarium-{manifest.environment}-alarms"
    sns = client("sns")
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    narrow = policy.replace("events.amazonaws.com", "cloudwatch.amazonaws.com")
    assert narrow != policy
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=narrow)
    yield
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


@contextmanager
def _rule_disabled(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    rule = f"terrarium-{manifest.environment}-failed-jobs"
    client("events").disable_rule(Name=rule)
    yield
    client("events").enable_rule(Name=rule)


@contextmanager
def _alarm_deleted(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    cloudwatch = client("cloudwatch")
    name = f"terrarium-{manifest.environment}-database-memory"
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[name])
    yield
    accepted = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{key: value for key, value in alarm.items() if key in accepted})


@contextmanager
def _budget_filters_something_else(client: Clients, manifest: PlatformManifest) -> Iterator[None]:
    budgets = client("budgets")
    name = f"terrarium-{manifest.environment}-monthly"
    budget = budgets.describe_budget(AccountId=manifest.account, BudgetName=name)["Budget"]
    other = {**budget, "CostFilters": {"TagKeyValue": ["user:environment$elsewhere"]}}
    budgets.update_budget(AccountId=manifest.account, NewBudget=_settings(other))
    yield
    budgets.update_budget(AccountId=manifest.account, NewBudget=_settings(budget))


def _settings(budget: Mapping[str, Any]) -> dict[str, Any]:
    settings = (
        "BudgetName",
        "BudgetLimit",
        "BudgetType",
        "TimeUnit",
        "CostFilters",
        "CostTypes",
        "TimePeriod",
    )
    return {name: budget[name] for name in settings if name in budget}


BREAKAGES = (
    Breakage(
        "the scientist may not use the key to read the manifest",
        frozenset({("scientist", "connect")}),
        _denied("scientist", "kms:Decrypt", condition=_through("ssm")),
    ),
    Breakage(
        "the scientist may not use the key to write objects",
        frozenset({("scientist", "artifacts")}),
        _denied("scientist", "kms:GenerateDataKey", condition=_through("s3")),
    ),
    Breakage(
        "the workgroup is disabled",
        frozenset({("scientist", "Athena"), ("job", "Athena")}),
        _workgroup_disabled,
    ),
    Breakage(
        "the scientist may not log in to the database as its writer",
        frozenset({("scientist", "record a run")}),
        _denied(
            "scientist", "rds-db:connect", resource="arn:aws:rds-db:*:*:dbuser:*/{manifest.metadata.writer}"
        ),
    ),
    Breakage(
        "the scientist may not make tables",
        frozenset({("scientist", "features offline")}),
        _denied("scientist", "glue:CreateTable"),
    ),
    Breakage(
        "jobs may not write to the online table",
        frozenset({("job", "features online")}),
        _denied("job", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:BatchWriteItem"),
    ),
    Breakage(
        "jobs may not submit models",
        frozenset({("job", "model registry")}),
        _denied("job", "s3:PutObject", resource="arn:aws:s3:::{manifest.registry.bucket}/*"),
    ),
    Breakage("the queue is disabled", frozenset({("scientist", "job")}), _queue_disabled),
    Breakage(
        "pipelines may not submit jobs",
        frozenset({("scientist", "pipeline")}),
        _denied("pipeline-executor", "batch:SubmitJob"),
    ),
    Breakage(
        "the topic lets EventBridge publish nothing",
        frozenset({("operator", "failed-job notice")}),
        _topic_closed_to_events,
    ),
    Breakage(
        "the rule for failed jobs is disabled", frozenset({("operator", "failed-job notice")}), _rule_disabled
    ),
    Breakage("an alarm is missing", frozenset({("operator", "alarms")}), _alarm_deleted),
    Breakage(
        "the budget counts another environment",
        frozenset({("operator", "budget")}),
        _budget_filters_something_else,
    ),
)
