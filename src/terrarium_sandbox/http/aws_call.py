"""Calls of operations: a parsed request, with names and parameters of AWS' service models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Call", "model_name"]

# Services whose signing name is not the name of their model.
_MODELS = {
    "monitoring": "cloudwatch",
    "s3-object-lambda": "s3",  # signing names of single operations of S3
    "s3express": "s3",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
    "tagging": "resourcegroupstaggingapi",
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of an operation.

    Args:
        service: The prefix of its actions in IAM: `s3`, `states`, `cloudwatch`.
        operation: The name in the service's model.
        parameters: The parameters, as boto3 names them.
        region: The region.
        headers: The headers of the request, by lower-case name.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    headers: Mapping[str, str]

    @property
    def name(self) -> str:
        """Service and operation, the key of tables."""
        return f"{self.service}:{self.operation}"


def model_name(name: str) -> str:
    """Return the name of the model of the service with that signing name or IAM prefix."""
    return _MODELS.get(name, name)
