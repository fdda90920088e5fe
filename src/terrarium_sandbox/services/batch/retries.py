"""Whether a job that failed is tried again."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome", "RetryStrategy"]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        status_reason: In the words of Batch.
        exit_code: Of the (main) container's process; None if it never ran, or its host went away.
        reason: What ECS says of the container.
        final: Whether there is no other attempt, whatever the strategy: it was ended on purpose.
    """

    status_reason: str
    exit_code: int | None = None
    reason: str | None = None
    final: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the job has done what it should."""
        return self.exit_code == 0 and not self.final


@dataclass(frozen=True)
class RetryStrategy:
    """Batch's `retryStrategy`.

    Attributes:
        attempts: How many there may be in all.
        rules: `evaluateOnExit`: the first whose every condition holds decides; without any, it is tried again.
    """

    attempts: int = 1
    rules: tuple[dict[str, str], ...] = ()

    @classmethod
    def of(cls, document: dict[str, Any] | None) -> "RetryStrategy":
        """Read it as it stands in a request."""
        document = document or {}
        return cls(int(document.get("attempts", 1)), tuple(document.get("evaluateOnExit", ())))

    def tries_again(self, outcome: Outcome, *, attempts: int) -> bool:
        """Whether there is another attempt after so many, of which the last had this outcome."""
        if outcome.succeeded or outcome.final or attempts >= self.attempts:
            return False
        for rule in self.rules:
            if _holds(rule, outcome):
                return rule["action"].upper() == "RETRY"
        return True


def _holds(rule: dict[str, str], outcome: Outcome) -> bool:
    said = {
        "onStatusReason": outcome.status_reason,
        "onReason": outcome.reason or "",
        "onExitCode": "" if outcome.exit_code is None else str(outcome.exit_code),
    }
    return all(_matches(rule[condition], text) for condition, text in said.items() if condition in rule)


def _matches(pattern: str, text: str) -> bool:
    """Batch knows one wildcard: an asterisk at the end."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern
