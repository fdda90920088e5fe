"""Events: what starts work keeps the events that could not be delivered."""

from collections.abc import Iterator

from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES"]

# Notifications: a lost one is missed, but no work is.
_NOTIFIES = ("aws_sns_topic.", ":sns:", "aws_cloudwatch_log_group.", ":logs:")
_CALLED = {"lambda", "sqs", "firehose", "http", "https"}


def _lost_events(stack: Stack) -> Iterator[Violation]:
    for schedule in stack.resources("aws_scheduler_schedule"):
        if not schedule.blocks("target", "dead_letter_config"):
            yield Violation(schedule, "a start that fails is lost: its target has no dead-letter queue")
    for target in stack.resources("aws_cloudwatch_event_target"):
        starts = not any(one in str(target.attributes.get("arn")) for one in _NOTIFIES)
        if starts and not target.blocks("dead_letter_config"):
            yield Violation(target, "an event that cannot be delivered is lost: it has no dead-letter queue")
    for subscription in stack.resources("aws_sns_topic_subscription"):
        called = subscription.attributes.get("protocol") in _CALLED
        if called and not subscription.attributes.get("redrive_policy"):
            yield Violation(
                subscription, "a message that cannot be delivered is lost: it has no dead-letter queue"
            )
    for mapping in stack.resources("aws_lambda_event_source_mapping"):
        for queue in stack.resources("aws_sqs_queue"):
            if mapping.refers_to("event_source_arn", queue) and not _redrives(stack, queue.address):
                yield Violation(
                    queue, "a message that always fails is received without end: it has no dead-letter queue"
                )


def _redrives(stack: Stack, address: str) -> bool:
    own = stack.by_id[address.partition(".")[2]]
    return bool(own.attributes.get("redrive_policy")) or any(
        policy.refers_to("queue_url", own) for policy in stack.resources("aws_sqs_queue_redrive_policy")
    )


POLICIES: tuple[Policy[Stack], ...] = (
    Policy(
        "dead-letter",
        "Events and messages that start work are kept if they cannot be delivered",
        "add a dead-letter queue with an alarm, as modules/pipelines/triggers.py does",
        _lost_events,
    ),
)
