"""Saved state of moto's services: one file, written as a whole."""

import io
import json
import logging
import sys
import threading
import time
from typing import Any, cast

from moto import __version__ as moto_version
from moto.core.base_backend import BackendDict, BaseBackend

from terrarium.errors import Error
from terrarium.io.atomic_write import atomic_write
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.state.change_log import ChangeLog
from terrarium_sandbox.state.changes import Changes
from terrarium_sandbox.state.object_bodies import ObjectBodies
from terrarium_sandbox.state.pickling import Pickler, Unpickler

__all__ = ["SavedState"]

# The versions that can load a saved state. moto's classes are pickled, so only the same version of moto can.
_FORMAT = {"format": 2, "moto": moto_version, "python": f"{sys.version_info.major}.{sys.version_info.minor}"}
_ATTEMPTS = 20
_SEGMENT = "change_log_segment"

_log = logging.getLogger(__name__)

# A service: its registry, the backends by account and region, and the other attributes of the registry.
_Saved = tuple[BackendDict[Any], dict[str, dict[str, BaseBackend]], dict[str, Any]]
_OF_EVERY_REGISTRY = frozenset(vars(BackendDict(BaseBackend, "")))


class SavedState:
    """The saved state: all backends of moto, and the values that services keep, in one file.

    Args:
        sandbox: The host; the file is in its home.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._file = sandbox.home.state_folder / "services.pickle"
        self._bodies = ObjectBodies(sandbox.home.state_folder / "bodies")
        self._saving = threading.Lock()
        self._log = ChangeLog(sandbox.home.state_folder / "changes")
        self._problem: str | None = None
        self.changes = Changes(self._log, self._bodies, sandbox.kept)
        sandbox.keep(_SEGMENT, dump=lambda: self._log.segment, load=_nothing)
        sandbox.recording = self.changes.recording

    @property
    def problem(self) -> str | None:
        """The error for which changes are refused or the last save failed; None without an error."""
        return self._log.problem or self._problem

    def save(self) -> None:
        """Write the state; the previous file stays until the new one is complete."""
        with self._saving:
            with self._sandbox.locks.holding_all():
                # Requests to services without a lock may be recorded in the meantime, in the new segment.
                self.changes.begin_segment()
                segment = self._log.segment
                content, bodies = self._dump_consistently()
            with atomic_write(self._file) as file:
                file.write(json.dumps(_FORMAT).encode() + b"\n")
                file.write(content)
            self._log.remove_before(segment)
            with self._log.lock:
                self._bodies.retain(bodies | self.changes.bodies_in_use)
            self._problem = None

    def save_or_log(self) -> None:
        """Write the state; if that fails, log the error and keep the previous file."""
        try:
            self.save()
        except Exception as error:  # noqa: BLE001 - the sandbox continues after any error
            self._problem = repr(error)
            self._sandbox.touch()
            _log.exception("the state could not be saved")

    def load(self) -> None:
        """Load the saved state into moto, if there is one.

        Raises:
            Error: It is damaged, or another version of moto or Python saved it.
        """
        saved, kept = self._read() if self._file.exists() else ([], {})
        _install(saved)
        try:
            kept |= self.changes.restore(since=kept.get(_SEGMENT, 0))
        except Exception as error:
            raise self._unreadable(f"is followed by changes that are damaged ({error!r})") from error
        for name, (_, load) in self._sandbox.kept.items():
            if name in kept:
                load(kept[name])
        self.changes.begin_segment()

    def _read(self) -> tuple[list[_Saved], dict[str, Any]]:
        with self._file.open("rb") as file:
            self._check_format(file.readline())
            try:
                saved, kept = Unpickler(file, self._bodies).load()
            except Exception as error:
                raise self._unreadable(f"is damaged ({error!r})") from error
        return saved, kept

    def _dump_consistently(self) -> tuple[bytes, set[str]]:
        """Pickle the state; retry if a service without a lock changed its state in the meantime."""
        for _ in range(_ATTEMPTS):
            try:
                return self._dump()
            except RuntimeError:  # a dictionary changed its size during the iteration
                time.sleep(0.05)
        return self._dump()

    def _dump(self) -> tuple[bytes, set[str]]:
        buffer = io.BytesIO()
        pickler = Pickler(buffer, self._bodies)
        kept = {name: dump() for name, (dump, _) in self._sandbox.kept.items()}
        pickler.dump((_in_use(), kept))
        return buffer.getvalue(), pickler.bodies

    def _check_format(self, line: bytes) -> None:
        try:
            found = json.loads(line)
        except ValueError as error:
            raise self._unreadable("is damaged") from error
        if found != _FORMAT:
            raise self._unreadable(f"was saved by {found}, and this version is {_FORMAT}")

    def _unreadable(self, why: str) -> Error:
        return Error(
            f"the sandbox's saved state, {self._file}, {why}",
            remedy="`terrarium sandbox reset` deletes the state; to keep it, move the file away",
        )


def _nothing(_: object) -> None:
    """Do nothing: the segment is read before the values are loaded."""


def _in_use() -> list[_Saved]:
    return [
        (
            registry,
            {account: dict(regions) for account, regions in registry.items()},
            {name: value for name, value in vars(registry).items() if name not in _OF_EVERY_REGISTRY},
        )
        for registry in list(cast("Any", BackendDict)._instances)
    ]


def _install(saved: list[_Saved]) -> None:
    for registry, accounts, attributes in saved:
        for account, regions in accounts.items():
            for region, backend in regions.items():
                registry[account][region] = backend
        vars(registry).update(attributes)
