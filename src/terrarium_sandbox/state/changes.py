"""Changes of requests: recorded before the requests are acknowledged, and applied again after a crash."""

import io
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from moto.core.base_backend import BackendDict, BaseBackend

from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.state.change_log import ChangeLog
from terrarium_sandbox.state.changed_parts import changed_parts
from terrarium_sandbox.state.object_bodies import ObjectBodies
from terrarium_sandbox.state.pickling import Pickler, Unpickler
from terrarium_sandbox.state.touched_backends import BackendKey, touched_backends

__all__ = ["Changes", "NotRecordedError"]

_ATTEMPTS = 20
_Kept = Mapping[str, tuple[Callable[[], Any], Callable[[Any], None]]]


class NotRecordedError(Exception):
    """The changes of a request cannot be recorded, so it must not be acknowledged."""


class Changes:
    """The changes of moto's backends in the change log.

    Args:
        log: The change log.
        bodies: The bodies of S3 objects.
        kept: Other values of services by name: the functions to dump and to load them.

    Attributes:
        bodies_in_use: The names of the bodies to which the segment that is written refers.
    """

    def __init__(self, log: ChangeLog, bodies: ObjectBodies, kept: _Kept) -> None:
        self.log = log
        self._bodies = bodies
        self._kept = kept
        self.bodies_in_use: set[str] = set()

    def begin_segment(self) -> None:
        """Begin a segment: the next saved state contains all changes recorded before."""
        with self.log.lock:
            self.log.begin_segment()
            self.bodies_in_use = set()

    def require_space(self, size: int) -> None:
        """Check that a change of that size can be recorded.

        Raises:
            NotRecordedError: The disk is full.
        """
        try:
            self.log.require_space(size)
        except OSError as error:
            raise NotRecordedError(str(error)) from error

    def record(self, touched: Iterable[BackendKey], call: Call | None, *, kept: Iterable[str] = ()) -> None:
        """Record the present state of the parts that a request may have changed.

        Raises:
            NotRecordedError: It could not be written.
        """
        with self.log.lock:
            try:
                self.log.append(self._entry(list(touched), call, list(kept)))
            except Exception as error:  # the disk is full, or moto has an object that cannot be pickled
                self.log.problem = repr(error)
                raise NotRecordedError(repr(error)) from error

    @contextmanager
    def recording(self, *kept: str) -> Iterator[None]:
        """Record the changes within the block.

        Args:
            kept: The names of other values of services that may change.
        """
        with touched_backends() as touched:
            yield
        self.record(touched, None, kept=kept)

    def restore(self, *, since: int) -> dict[str, Any]:
        """Apply the recorded changes from a segment on; return the last recorded other values of services."""
        kept: dict[str, Any] = {}
        for entry in self.log.entries(since=since):
            changes, kept_now = _Reader(io.BytesIO(entry), self._bodies).load()
            for change in changes:
                change.apply()
            kept |= kept_now
        return kept

    def _entry(self, touched: list[BackendKey], call: Call | None, kept: list[str]) -> bytes:
        for _ in range(_ATTEMPTS):
            try:
                return self._pickled(touched, call, kept)
            except RuntimeError:  # a service without a lock changed a dictionary in the meantime
                time.sleep(0.01)
        return self._pickled(touched, call, kept)

    def _pickled(self, touched: list[BackendKey], call: Call | None, kept: list[str]) -> bytes:
        buffer = io.BytesIO()
        writer = _Writer(buffer, self._bodies)
        writer.dump((changed_parts(touched, call), {name: self._kept[name][0]() for name in kept}))
        self.bodies_in_use |= writer.bodies
        return buffer.getvalue()


class _Writer(Pickler):
    """Pickles backends by name, because each has its own changes."""

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, BaseBackend):
            return "backend", _key_of(obj)
        return super().persistent_id(obj)


class _Reader(Unpickler):
    """Unpickles what `_Writer` wrote."""

    def persistent_load(self, pid: Any) -> Any:
        kind, name = pid
        return BackendKey(*name).find() if kind == "backend" else super().persistent_load(pid)


def _key_of(backend: BaseBackend) -> tuple[str, str, str]:
    for registry in list(cast("Any", BackendDict)._instances):
        if registry.backend is type(backend):
            for region, found in dict.items(registry[backend.account_id]):
                if found is backend:
                    return registry.service_name, backend.account_id, region
    raise pickle.PicklingError(f"{backend!r} is in no registry")
