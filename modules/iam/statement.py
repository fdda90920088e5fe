"""Statements of IAM policies."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Conditions", "Statement", "policy_document"]

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]


class Statement(BaseModel):
    """A statement of an IAM policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sid: str = Field(pattern=r"^[A-Za-z0-9]+$")
    effect: Literal["Allow", "Deny"] = "Allow"
    actions: tuple[str, ...] = Field(min_length=1)
    resources: tuple[str, ...] = Field(default=())
    """ARNs. Empty only in a trust policy, where the role itself is the resource."""
    principals: Mapping[str, tuple[str, ...]] | Literal["*"] | None = None
    """Principals by type (`AWS`, `Service`, `Federated`). Only in policies of resources."""
    conditions: Conditions = {}

    def document(self) -> dict[str, Any]:
        """Return the statement as a JSON object of IAM, with keys in IAM's customary order."""
        document: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principals is not None:
            document["Principal"] = (
                self.principals
                if isinstance(self.principals, str)
                else {kind: _one_or_many(who) for kind, who in self.principals.items()}
            )
        document["Action"] = _one_or_many(self.actions)
        if self.resources:
            document["Resource"] = _one_or_many(self.resources)
        if self.conditions:
            document["Condition"] = {
                operator: {
                    key: value if isinstance(value, str) else _one_or_many(value)
                    for key, value in test.items()
                }
                for operator, test in self.conditions.items()
            }
        return document


def policy_document(statements: Iterable[Statement]) -> str:
    """Return the policy of `statements` as JSON."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement.document() for statement in statements]}
    )


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    # IAM stores a list of one value as the value: with a list, every plan would show a difference.
    return values[0] if len(values) == 1 else list(values)
