"""Counterparts of state machines, events, topics, queues, alarms, logs and budgets."""

import re
from collections.abc import Mapping
from typing import Any

from policies.aws.values.counterparts.counterpart import Counterpart

__all__ = ["EVENTS"]


def _subscribers(arguments: dict[str, Any]) -> dict[str, Any]:
    """Convert the topics and addresses of a budget to subscribers of the API."""
    notifications = []
    for notification in arguments.get("notification", []):
        emails = notification.get("subscriber_email_addresses") or []
        topics = notification.get("subscriber_sns_topic_arns") or []
        rest = {key: value for key, value in notification.items() if not key.startswith("subscriber_")}
        subscribers = [{"subscription_type": "EMAIL", "address": address} for address in emails]
        subscribers += [{"subscription_type": "SNS", "address": topic} for topic in topics]
        notifications.append({"notification": rest, "subscribers": subscribers})
    return {**arguments, "notification": notifications}


def _in_partition_aws(arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the ARNs of integrations as in the partition aws, the only one that cfn-lint's rule E3601 knows."""
    definition = re.sub(r'"arn:aws-[a-z-]+:states:::', '"arn:aws:states:::', str(arguments["definition"]))
    return {**arguments, "definition": definition}


_LOG_DESTINATION = "logging_configuration.log_destination"
_BUDGET = {
    "name": "Budget.BudgetName",
    "cost_filter": "Budget.CostFilters",
    "limit_amount": "Budget.BudgetLimit.Amount",
    "limit_unit": "Budget.BudgetLimit.Unit",
    "notification": "NotificationsWithSubscribers",
}
_TARGET = {
    "arn": "Targets.0.Arn",
    "input": "Targets.0.Input",
    "input_transformer": "Targets.0.InputTransformer",
    "input_transformer.input_paths": "InputPathsMap",
    "role_arn": "Targets.0.RoleArn",
    "dead_letter_config": "Targets.0.DeadLetterConfig",
    "retry_policy": "Targets.0.RetryPolicy",
    "target_id": "Targets.0.Id",
}

EVENTS: Mapping[str, Counterpart] = {
    "aws_budgets_budget": Counterpart(
        cloudformation="AWS::Budgets::Budget",
        operations=("budgets.CreateBudget",),
        schema={**_BUDGET, "tags": "ResourceTags"},
        api=_BUDGET,
        within=("Budget",),
        constants={"AccountId": "123456789012"},
        adapt=_subscribers,
    ),
    "aws_cloudtrail": Counterpart(
        cloudformation="AWS::CloudTrail::Trail",
        operations=("cloudtrail.CreateTrail", "cloudtrail.PutEventSelectors"),
        api={"tags": "TagsList"},
        constants={"IsLogging": True},
    ),
    "aws_cloudwatch_dashboard": Counterpart(
        cloudformation="AWS::CloudWatch::Dashboard", operations=("cloudwatch.PutDashboard",)
    ),
    "aws_cloudwatch_event_rule": Counterpart(
        cloudformation="AWS::Events::Rule", operations=("events.PutRule",)
    ),
    "aws_cloudwatch_event_target": Counterpart(
        cloudformation="AWS::Events::Rule",
        operations=("events.PutTargets",),
        schema={"rule": None, **_TARGET},
        api=_TARGET,
        constants={"Targets.0.Id": "terraform-20261130120000000000000001"},
        part_of="rule",
    ),
    "aws_cloudwatch_log_group": Counterpart(
        cloudformation="AWS::Logs::LogGroup",
        operations=("logs.CreateLogGroup", "logs.PutRetentionPolicy"),
        schema={"name": "LogGroupName"},
        api={"name": "logGroupName"},
    ),
    "aws_cloudwatch_metric_alarm": Counterpart(
        cloudformation="AWS::CloudWatch::Alarm", operations=("cloudwatch.PutMetricAlarm",)
    ),
    "aws_scheduler_schedule": Counterpart(
        cloudformation="AWS::Scheduler::Schedule", operations=("scheduler.CreateSchedule",)
    ),
    "aws_scheduler_schedule_group": Counterpart(
        cloudformation="AWS::Scheduler::ScheduleGroup", operations=("scheduler.CreateScheduleGroup",)
    ),
    "aws_sfn_state_machine": Counterpart(
        cloudformation="AWS::StepFunctions::StateMachine",
        operations=("stepfunctions.CreateStateMachine",),
        schema={
            "definition": "DefinitionString",
            _LOG_DESTINATION: "Destinations.0.CloudWatchLogsLogGroup.LogGroupArn",
        },
        api={_LOG_DESTINATION: "destinations.0.cloudWatchLogsLogGroup.logGroupArn"},
        adapt=_in_partition_aws,
    ),
    "aws_sns_topic": Counterpart(
        cloudformation="AWS::SNS::Topic",
        operations=("sns.CreateTopic",),
        api={"kms_master_key_id": "Attributes.KmsMasterKeyId"},
    ),
    "aws_sns_topic_policy": Counterpart(
        cloudformation="AWS::SNS::TopicPolicy",
        operations=("sns.SetTopicAttributes",),
        schema={"arn": "Topics", "policy": "PolicyDocument"},
        api={"arn": "TopicArn", "policy": "AttributeValue"},
        constants={"AttributeName": "Policy"},
    ),
    "aws_sns_topic_subscription": Counterpart(
        cloudformation="AWS::SNS::Subscription", operations=("sns.Subscribe",)
    ),
    "aws_sqs_queue": Counterpart(
        cloudformation="AWS::SQS::Queue",
        operations=("sqs.CreateQueue",),
        schema={"message_retention_seconds": "MessageRetentionPeriod"},
        api={
            "kms_master_key_id": "Attributes.KmsMasterKeyId",
            "message_retention_seconds": "Attributes.MessageRetentionPeriod",
        },
    ),
    "aws_sqs_queue_policy": Counterpart(
        cloudformation="AWS::SQS::QueuePolicy",
        operations=("sqs.SetQueueAttributes",),
        schema={"queue_url": "Queues", "policy": "PolicyDocument"},
        api={"policy": "Attributes.Policy"},
    ),
}
