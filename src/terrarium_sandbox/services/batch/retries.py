"""Retry strategy of a job."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome", "RetryStrategy"]


@dataclass(frozen=True)
class Outcome:
    """The outcome of an attempt.

    Attributes:
        status_reason: Batch's reason.
        exit_code: The exit code of the (main) container; None if it never ran, or its host was terminated.
        reason: The reason of ECS for the container.
        final: Whether the job was ended on purpose, so that no attempt follows.
    """

    status_reason: str
    exit_code: int | None = None
    reason: str | None = None
    final: bool = False

    @property
    def succeeded(self) -> bool:
        """True if the job succeeded."""
        return self.exit_code == 0 and not self.final


@dataclass(frozen=True)
class RetryStrategy:
    """Batch's `retryStrategy`.

    Attributes:
        attempts: The maximum number of attempts.
        rules: `evaluateOnExit`: the first rule whose conditions all hold decides; without a match, the job is retried.
    """

    attempts: int = 1
    rules: tuple[dict[str, str], ...] = ()

    @classmethod
    def of(cls, document: dict[str, Any] | None) -> "RetryStrategy":
        """Parse the strategy of a request."""
        document = document or {}
        return cls(int(document.get("attempts", 1)), tuple(document.get("evaluateOnExit", ())))

    def allows_attempt(self, outcome: Outcome, *, attempts: int) -> bool:
        """Return whether another attempt follows, after this number of attempts and this last outcome."""
        if outcome.succeeded or outcome.final or attempts >= self.attempts:
            return False
        for rule in self.rules:
            if _holds(rule, outcome):
                return rule["action"].upper() == "RETRY"
        return True


def _holds(rule: dict[str, str], outcome: Outcome) -> bool:
    facts = {
        "onStatusReason": outcome.status_reason,
        "onReason": outcome.reason or "",
        "onExitCode": "" if outcome.exit_code is None else str(outcome.exit_code),
    }
    return all(_matches(rule[condition], text) for condition, text in facts.items() if condition in rule)


def _matches(pattern: str, text: str) -> bool:
    """Return whether a value matches; the only wildcard of Batch is an asterisk at the end."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern
