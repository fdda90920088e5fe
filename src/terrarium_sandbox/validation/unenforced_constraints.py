"""Constraints of the service models that AWS does not enforce as written, each with the reason."""

from collections.abc import Mapping

__all__ = ["ignores_case", "is_exempt"]

_EXEMPT: Mapping[tuple[str, str, str], str] = {
    (
        "sqs",
        "QueueAttributeName",
        "enum",
    ): "Amazon SQS API Reference, ReceiveMessage, AttributeNames: the names of messages' "
    "attributes (SentTimestamp) are valid, too; moto refuses unknown names of queues' attributes",
}
"""By service, shape and constraint (`pattern`, `enum`, or a required member's name): why AWS does not enforce it."""

_ANY_CASE: Mapping[tuple[str, str], str] = {
    (
        "batch",
        "RetryAction",
    ): "AWS Batch API Reference, EvaluateOnExit, action: the values aren't case sensitive",
    (
        "s3",
        "ChecksumMode",
    ): "the AWS SDK for C++ sends `enabled` (Apache Arrow's S3 file system), and S3 answers",
}
"""By service and shape of the values of an enum: the reason why AWS ignores their case."""


def is_exempt(service: str, shape: str, constraint: str) -> bool:
    """Return whether AWS accepts values that violate this constraint of its model."""
    return (service, shape, constraint) in _EXEMPT


def ignores_case(service: str, shape: str) -> bool:
    """Return whether AWS ignores the case of an enum's values."""
    return (service, shape) in _ANY_CASE
