"""Workspace of the checks of one role: the connected lab, unique names, and objects to remove."""

from collections.abc import Callable
from dataclasses import dataclass, field

from terrarium.errors import Error
from terrarium.lab import Lab
from terrarium.verification.outcome import Outcome, Remainder

__all__ = ["Workspace"]


@dataclass
class Workspace:
    """The state of one role's checks; `passed` holds the names of those that have passed.

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
    passed: set[str] = field(default_factory=set)
    _lab: Lab | None = None
    _running: str = ""
    _cleanups: list[tuple[str, str, Callable[[], None]]] = field(default_factory=list)

    @property
    def lab(self) -> Lab:
        """The connected lab; the check `connect` opens it, and every other check needs that one."""
        assert self._lab is not None  # noqa: S101 - checks run in the order of what they need
        return self._lab

    @property
    def disabled(self) -> tuple[str, ...]:
        """The capabilities that the connected environment switches off."""
        return self._lab.manifest.disabled if self._lab else ()

    def open(self, lab: Lab) -> None:
        """Use `lab` for all further checks."""
        self._lab = lab

    def begin(self, check: str) -> None:
        """Set the current check, to which `on_exit` assigns actions."""
        self._running = check

    def on_exit(self, what: str, action: Callable[[], None]) -> None:
        """Register an action that removes what a check created; the last one registered runs first."""
        self._cleanups.append((self._running, what, action))

    def leave(self, bucket: str, prefix: str) -> None:
        """Report objects that the role itself must not delete for good."""
        self.emit(Remainder(bucket=bucket, prefix=prefix))

    def clean_up(self) -> dict[str, list[str]]:
        """Run every registered action; return the failures by the check that registered them."""
        failures: dict[str, list[str]] = {}
        while self._cleanups:
            check, what, action = self._cleanups.pop()
            try:
                action()
            except Exception as error:  # noqa: BLE001 - one failed removal must not keep the others
                problem = error.problem if isinstance(error, Error) else error
                failures.setdefault(check, []).append(f"{what}: {problem}")
        return failures
