"""Backends of moto that a request used, and whose state it may have changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, cast

from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from terrarium_sandbox.patches import patch

__all__ = ["BackendKey", "find_registry", "touched_backends", "track_backends"]


class BackendKey(NamedTuple):
    """The service, account and region of a backend."""

    service: str
    account: str
    region: str

    def find(self) -> BaseBackend:
        """Return the backend."""
        return cast("BaseBackend", find_registry(self.service)[self.account][self.region])


_touched: ContextVar[set[BackendKey] | None] = ContextVar("touched backends", default=None)


def track_backends() -> None:
    """Let moto's registries record the backends that requests use; once per process."""
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
    """Collect the backends that this thread uses within the block."""
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
    return get_backend(cast("Any", service))  # not used yet
