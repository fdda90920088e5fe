"""`Check`: one path of the users, tried in a deployed environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from terrarium.manifest import Capability
from terrarium.verification.workspace import Workspace

__all__ = ["Check", "CheckFailedError", "Observation", "SkippedError"]


class CheckFailedError(Exception):
    """A call succeeded with a wrong result."""


class SkippedError(Exception):
    """The environment does not have the capability that the check tries."""


@dataclass(frozen=True)
class Observation:
    """Observation of a check.

    Args:
        detail: One sentence for the table.
        usage: Billed quantities, as in `Outcome.usage`.
    """

    detail: str
    usage: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Check:
    """One check.

    Args:
        name: How the table and `needs` name it.
        run: Makes the calls; raises where one fails.
        cause: The likely cause of a failure, for the table.
        needs: Checks that must have passed before, where the role has them.
        database: Whether it connects to the metadata database, which only the environment's network reaches.
        capability: The capability that it tries; None if every environment has it.
    """

    name: str
    run: Callable[[Workspace], Observation]
    cause: str
    needs: tuple[str, ...] = ()
    database: bool = False
    capability: Capability | None = None
