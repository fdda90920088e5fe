"""Which of moto's backends a request used: those whose state it may have changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, cast

from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from terrarium_sandbox.patches import patch

__all__ = ["BackendKey", "find_registry", "touched_backends", "track_backends"]


class BackendKey(NamedTuple):
    """Where a backend is: in the registry of its service, by account and region."""

    service: str
    account: str
    region: str

    def find(self) -> BaseBackend:
        """Return the backend."""
        return cast("BaseBackend", find_registry(self.service)[self.account][self.region])


_touched: ContextVar[set[BackendKey] | None] = ContextVar("touched backends", default=None)


def track_backends() -> None:
    """Make moto's registries tell who asks them for a backend; once per process."""
    get = AccountSpecificBackend.__getitem__

    def get_and_note(self: AccountSpecificBackend[Any], region_name: str) -> Any:
        touched = _touched.get()
        if touched is not None:
            region = "aws" if region_name == "global" else region_name
            touched.add(BackendKey(self.service_name, self.account_id, region))
        return get(self, region_name)

    patch(
        AccountSpecificBackend,
        "__getitem__",
        get_and_note,
        reason="The sandbox records which backends a request uses, to save what it changes.",
    )


@contextmanager
def touched_backends() -> Iterator[set[BackendKey]]:
    """Collect the backends that are used within the block, by this thread."""
    found: set[BackendKey] = set()
    token = _touched.set(found)
    try:
        yield found
    finally:
        _touched.reset(token)


def find_registry(service: str) -> Any:
    """Return the registry of a service."""
    for registry in list(cast("Any", BackendDict)._instances):
        if registry.service_name == service:
            return registry
    return get_backend(cast("Any", service))  # not in use yet
