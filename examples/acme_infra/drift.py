"""Checks of the company's own constructs that Terraform cannot make, for `terrarium drift`."""

from collections.abc import Iterator

from operations.drift.deployed import Addition, Deployed

__all__ = ["CHECKS"]


def _foreign_messages(deployed: Deployed) -> Iterator[Addition]:
    """Yield queues that send the messages which they cannot process to the company's queue."""
    own = deployed.values("aws_sqs_queue", "url")
    for path, queue in deployed.of("aws_sqs_queue"):
        if path != "extension-notifications/queue":
            continue
        for source in deployed.pages(
            "sqs", "list_dead_letter_source_queues", "queueUrls", QueueUrl=queue["url"]
        ):
            if source not in own:
                yield Addition(
                    path,
                    source,
                    f"{source} uses the queue as its dead-letter queue",
                    f"aws sqs set-queue-attributes --queue-url {source} --attributes RedrivePolicy=",
                )


CHECKS = (_foreign_messages,)
