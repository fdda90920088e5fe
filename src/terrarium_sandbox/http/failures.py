"""Counts of the calls that the sandbox could not answer, for `terrarium sandbox status`."""

import threading
from collections import Counter
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = ["Failure", "FailureKind", "Failures"]

FailureKind: TypeAlias = Literal["not implemented", "failed"]


class Failure(BaseModel):
    """An operation that is not implemented or failed in the sandbox, and how often it was called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    operation: str
    kind: FailureKind
    count: int = 1


class Failures:
    """Counts by service, operation and kind."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, FailureKind]] = Counter()
        self._lock = threading.Lock()

    def add(self, service: str, operation: str, kind: FailureKind) -> None:
        """Count one call."""
        with self._lock:
            self._counts[service, operation, kind] += 1

    def all(self) -> list[Failure]:
        """Return the counts, the largest first."""
        with self._lock:
            counted = self._counts.most_common()
        return [Failure(service=s, operation=o, kind=k, count=n) for (s, o, k), n in counted]
