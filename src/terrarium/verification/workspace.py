"""What the checks of one role share: the connected lab, unique names, and what they have to clean up."""

from collections.abc import Callable
from dataclasses import dataclass, field

from terrarium.errors import Error
from terrarium.lab import Lab
from terrarium.verification.outcome import Outcome, Remainder

__all__ = ["Workspace"]


@dataclass
class Workspace:
    """The state of one role's checks.

    Args:
        environment: The environment's name.
        role: The role that makes the calls.
        token: Unique per verification and role; part of every name that the checks create. Lower-case letters,
            digits and underscores.
        database: Whether this machine reaches the metadata database.
        emit: Receives reports from elsewhere, such as those that a job printed.
    """

    environment: str
    role: str
    token: str
    database: bool
    emit: Callable[[Outcome | Remainder], None]
    run_id: str = ""
    _lab: Lab | None = None
    _cleanups: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

    @property
    def lab(self) -> Lab:
        """The connected lab; the check `connect` opens it, and every other check needs that one."""
        assert self._lab is not None  # noqa: S101 - checks run in the order of what they need
        return self._lab

    def open(self, lab: Lab) -> None:
        """Use `lab` for all further checks."""
        self._lab = lab

    def on_exit(self, what: str, action: Callable[[], None]) -> None:
        """Register an action that removes what a check created; the last one registered runs first."""
        self._cleanups.append((what, action))

    def leave(self, bucket: str, prefix: str) -> None:
        """Report objects that the role itself must not delete for good."""
        self.emit(Remainder(bucket=bucket, prefix=prefix))

    def clean_up(self) -> list[str]:
        """Run every registered action; return one line for each that failed."""
        problems = []
        while self._cleanups:
            what, action = self._cleanups.pop()
            try:
                action()
            except Exception as error:  # noqa: BLE001 - one failed removal must not keep the others
                problems.append(f"{what}: {error.problem if isinstance(error, Error) else error}")
        return problems
