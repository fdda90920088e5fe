"""Policies, and the effect of their statements on one request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from terrarium_sandbox.authorization.conditions import holds
from terrarium_sandbox.authorization.patterns import arn_matches, matches, substitute

__all__ = ["Answer", "Policy", "Question"]

Answer = Literal["Allow", "Deny"] | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to policies: an action on a resource, with its context.

    Args:
        action: The action, such as `s3:GetObject`.
        resource: The ARN of the resource, or `*` for actions without resources.
        context: The values of condition keys, by lower-case key.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A policy document of an identity, a boundary, a session, or a resource."""

    statements: tuple[Mapping[str, Any], ...]

    @classmethod
    def parse(cls, document: str | Mapping[str, Any]) -> "Policy":
        """Parse a document, given as JSON or as a mapping."""
        content = json.loads(document) if isinstance(document, str) else document
        return cls(tuple(_listed(content["Statement"])))

    def answer(self, question: Question) -> Answer:
        """Return the effect of an identity-based policy: deny, allow, or none."""
        return self._answer(question, self.statements)

    def answer_to(self, question: Question, principals: Mapping[str, frozenset[str]]) -> Answer:
        """Return the effect of a resource-based policy for a principal.

        Args:
            question: The question; statements may have no resource, as in trust policies.
            principals: The names of the principal by type: {"AWS": {...}, "Federated": {...}}.
        """
        return self._answer(question, [one for one in self.statements if _addresses(one, principals)])

    def _answer(self, question: Question, statements: Any) -> Answer:
        effects = {statement["Effect"] for statement in statements if _concerns(statement, question)}
        return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def _concerns(statement: Mapping[str, Any], question: Question) -> bool:
    return (
        _covers_action(statement, question.action)
        and _covers_resource(statement, question)
        and holds(statement.get("Condition", {}), question.context)
    )


def _covers_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _any_action(statement["NotAction"], action)
    return _any_action(statement["Action"], action)


def _any_action(patterns: Any, action: str) -> bool:
    return any(matches(pattern, action, ignore_case=True) for pattern in _listed(patterns))


def _covers_resource(statement: Mapping[str, Any], question: Question) -> bool:
    if "NotResource" in statement:
        return not _any_resource(statement["NotResource"], question)
    return "Resource" not in statement or _any_resource(statement["Resource"], question)


def _any_resource(patterns: Any, question: Question) -> bool:
    filled = (substitute(pattern, question.context) for pattern in _listed(patterns))
    return any(pattern is not None and arn_matches(pattern, question.resource) for pattern in filled)


def _addresses(statement: Mapping[str, Any], principals: Mapping[str, frozenset[str]]) -> bool:
    if "NotPrincipal" in statement:
        return not _named(statement["NotPrincipal"], principals)
    return _named(statement["Principal"], principals)


def _named(principal: Any, principals: Mapping[str, frozenset[str]]) -> bool:
    if principal == "*":
        return True
    return any(
        name == "*" or name in principals.get(kind, frozenset())
        for kind, names in principal.items()
        for name in _listed(names)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
