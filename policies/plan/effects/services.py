"""Effects of changes of identities, pipelines, events and records."""

from collections.abc import Mapping

from policies.plan.effects.effect import (
    Effect,
    TypeEffects,
    changed,
    interrupts,
    lost,
    lower,
    no_effect,
    no_rule,
    off,
    protects,
)

__all__ = ["SERVICES"]

_NOT_STARTED = "the pipeline no longer starts by itself"
_UNNOTIFIED = "nobody is notified"
_UNRECORDED = "calls are no longer recorded"
_GAP = "its role lacks these permissions until the new one is attached"

SERVICES: Mapping[str, TypeEffects] = {
    # Identity. Lost permissions of policy documents are compared by role: `policies/plan/withdrawals.py`.
    "aws_iam_role": interrupts(
        "sessions of the role end, and nothing can act as it",
        replaced="sessions of the role end, and resource policies that name it do not apply to the new role",
        updated={
            "max_session_duration": lower("sessions end earlier"),
        },
    ),
    **dict.fromkeys(
        ("aws_iam_policy", "aws_iam_role_policy", "aws_iam_role_policy_attachment"),
        TypeEffects(replaced=Effect("reduction", _GAP), deleted=None, gapless=True),
    ),
    "aws_iam_role_policies_exclusive": protects(
        "policies that somebody adds by hand stay", gapless=True, updated={"policy_names": no_rule}
    ),
    "aws_iam_role_policy_attachments_exclusive": protects(
        "policies that somebody attaches by hand stay", gapless=True, updated={"policy_arns": no_rule}
    ),
    "aws_iam_openid_connect_provider": interrupts(
        "workflows cannot log in",
        replaced="workflows cannot log in until the new provider exists",
        updated={
            "client_id_list": lost("tokens for these audiences are refused", consequence="interruption"),
            "thumbprint_list": lost("tokens that servers with these certificates sign may be refused"),
        },
    ),
    # Pipelines and events
    "aws_sfn_state_machine": interrupts(
        "running executions end, their history is lost, and callers that know its name fail",
        updated={
            "logging_configuration.*.level": off(
                "OFF", "failures of executions are no longer recorded", consequence="protection"
            ),
        },
    ),
    "aws_scheduler_schedule": interrupts(
        _NOT_STARTED,
        replaced="a start that falls between the deletion and the new schedule is missed",
        gapless=True,
        updated={
            "state": off("DISABLED", _NOT_STARTED),
        },
    ),
    "aws_scheduler_schedule_group": interrupts("AWS deletes all schedules of the group with it"),
    "aws_cloudwatch_event_rule": interrupts(
        "events no longer start its targets",
        gapless=True,
        updated={
            "state": off("DISABLED", "the rule no longer starts its targets"),
        },
    ),
    "aws_cloudwatch_event_target": interrupts(
        "events no longer start it",
        replaced="events between the deletion and the new target are missed",
        gapless=True,
        updated={
            "arn": changed("events start another target", consequence="reduction"),
        },
    ),
    "aws_sqs_queue": interrupts(
        "its messages are lost: failed events, if it is a dead-letter queue",
        updated={
            "message_retention_seconds": lower("messages are kept shorter", consequence="protection"),
        },
    ),
    "aws_sqs_queue_policy": interrupts("services can no longer send messages to the queue"),
    "aws_sns_topic": interrupts(f"{_UNNOTIFIED} by it, and its subscribers must subscribe and confirm again"),
    "aws_sns_topic_policy": interrupts("services can no longer publish to the topic"),
    # Alarms and records
    "aws_sns_topic_subscription": protects(
        "its recipient is no longer notified",
        replaced="its recipient is not notified until the new subscription is confirmed by e-mail",
    ),
    "aws_cloudwatch_metric_alarm": protects(
        f"{_UNNOTIFIED} when the metric crosses the limit",
        replaced="changes between the deletion and the new alarm are missed",
        gapless=True,
        updated={
            "actions_enabled": off(
                value=False, effect="the alarm no longer notifies anybody", consequence="protection"
            ),
            "alarm_actions": lost("the alarm no longer notifies", consequence="protection"),
            "period": changed("the alarm is raised at another time", consequence="reduction"),
            "threshold": changed("the alarm is raised at another value", consequence="reduction"),
        },
    ),
    "aws_cloudwatch_composite_alarm": protects(
        _UNNOTIFIED,
        updated={
            "actions_enabled": off(value=False, effect=_UNNOTIFIED, consequence="protection"),
        },
    ),
    "aws_cloudtrail": protects(
        f"{_UNRECORDED}",
        updated={
            "enable_log_file_validation": off(
                value=False, effect="a changed record is not noticed", consequence="protection"
            ),
            "enable_logging": off(value=False, effect=_UNRECORDED, consequence="protection"),
            "include_global_service_events": off(
                value=False, effect="calls of IAM are not recorded", consequence="protection"
            ),
            "is_multi_region_trail": off(
                value=False, effect="calls in other regions are not recorded", consequence="protection"
            ),
            "advanced_event_selector.*.field_selector.*.starts_with": lost(
                "accesses to these objects are not recorded", consequence="protection"
            ),
        },
    ),
    "aws_flow_log": protects(
        "connections are no longer recorded",
        replaced="connections are not recorded until the new flow log exists",
        gapless=True,
    ),
    "aws_cloudwatch_log_group": protects(
        "its log events are deleted",
        updated={
            "kms_key_id": changed(
                "readers need the permission to decrypt with the other key", consequence="reduction"
            ),
            "retention_in_days": lower("log events are kept shorter", consequence="protection"),
        },
    ),
    "aws_budgets_budget": protects(
        f"{_UNNOTIFIED} of the costs",
        replaced="costs between the deletion and the new budget raise no notification",
        gapless=True,
        updated={
            "notification.*.subscriber_email_addresses": lost(
                "not notified any more", consequence="protection"
            ),
        },
    ),
    "aws_cloudwatch_log_metric_filter": protects("alarms on its metric get no data"),
    "aws_cloudwatch_log_subscription_filter": protects("log events are no longer delivered"),
    "aws_guardduty_detector": protects("threats are no longer detected"),
    "aws_config_configuration_recorder": protects("changes of resources are no longer recorded"),
    # A page of graphs: nothing depends on it.
    "aws_cloudwatch_dashboard": no_effect(),
}
