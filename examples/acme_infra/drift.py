"""Checks of the company's own constructs that Terraform cannot make, for `terrarium drift`."""

from collections.abc import Iterator

from operations.drift.deployed import Addition, Deployed

__all__ = ["CHECKS"]


def _queue_policies(deployed: Deployed) -> Iterator[Addition]:
    """Yield tags that somebody added to queues of extensions: Terraform ignores tags of others by `tags_all`."""
    sqs = deployed.client("sqs")
    for path, queue in deployed.of("aws_sqs_queue"):
        if not path.startswith("extension-"):
            continue
        tags = sqs.list_queue_tags(QueueUrl=queue["url"]).get("Tags", {})
        for key in sorted(tags.keys() - queue["tags_all"].keys()):
            yield Addition(
                path,
                f"{queue['name']}/{key}",
                f"the queue has the tag {key} = {tags[key]}",
                f"aws sqs untag-queue --queue-url {queue['url']} --tag-keys {key}",
            )


CHECKS = (_queue_policies,)
