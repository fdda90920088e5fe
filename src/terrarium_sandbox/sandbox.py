"""Host of the services: `Sandbox`, with hooks, locks, clock, saved values and the internal interface."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from terrarium_sandbox.clock import Clock
from terrarium_sandbox.home import Home
from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.http.routes import Routes
from terrarium_sandbox.locks import ServiceLocks
from terrarium_sandbox.process.child_processes import Children
from terrarium_sandbox.timer import Timer
from terrarium_sandbox.web_identity_token import WebIdentityTokens

__all__ = ["Hook", "Sandbox", "Service"]

Hook = Callable[[], None]
CallHook = Callable[[Call, str, str | None], None]

_log = logging.getLogger(__name__)


class Service(Protocol):
    """A module of `terrarium_sandbox.services`: corrections and data plane of one AWS service.

    `install` is called once per process, before the saved state is loaded. It corrects moto's classes in
    place, and registers hooks, routes and values to save at the host.
    """

    def install(self, sandbox: "Sandbox") -> None:
        """Correct moto, and register at the host."""


class Sandbox:
    """The host of the services, in the process of the sandbox.

    Life: install services -> load state -> `on_start` -> ready -> ... -> `on_stop` (last installed first)
    -> save state -> end the remaining `children`.

    Args:
        home: The folder of its files.
        endpoint: Its URL, e.g. `http://127.0.0.1:5566`.
        routes: The internal interface, `<endpoint>/_terrarium/...`, to which services add routes.

    Attributes:
        recording: Records the changes within a block, so that they survive a crash; its arguments are names given to
            `keep`. Requests to services are recorded automatically: this is for the internal interface and for
            changes without a request.
    """

    def __init__(self, *, home: Home, endpoint: str, routes: Routes) -> None:
        self.home = home
        self.endpoint = endpoint
        self.routes = routes
        self.children = Children(home.children_folder)
        self.locks = ServiceLocks()
        self.web_identity_tokens = WebIdentityTokens()
        self.kept: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {}
        self._changed = threading.Event()
        self.clock = Clock()
        self.timer = Timer(self.clock)
        self.keep("clock", dump=lambda: self.clock.ahead, load=self.clock.advance)
        self.iam_enforced = False
        self.keep("iam_enforced", dump=lambda: self.iam_enforced, load=self.enforce_iam)
        self.recording: Callable[..., AbstractContextManager[None]] = _not_recording
        self._start: list[Hook] = []
        self._stop: list[Hook] = []
        self._reset: list[Hook] = []
        self._calls: list[CallHook] = []

    def on_call(self, hook: CallHook) -> None:
        """Call `hook` with each call that a service answers or that IAM denies.

        Its arguments are the call, the access key, and the error code if IAM denies it.
        """
        self._calls.append(hook)

    def called(self, call: Call, access_key: str, error: str | None = None) -> None:
        """Run the call hooks."""
        for hook in self._calls:
            hook(call, access_key, error)

    def on_start(self, hook: Hook) -> None:
        """Call `hook` after the state is loaded; the sandbox is ready when all hooks have returned."""
        self._start.append(hook)

    def on_stop(self, hook: Hook) -> None:
        """Call `hook` when all requests are answered, before the state is saved."""
        self._stop.insert(0, hook)

    def on_reset(self, hook: Hook) -> None:
        """Call `hook` when the sandbox is stopped, before the contents of the home are deleted.

        Only data outside the home needs one.
        """
        self._reset.append(hook)

    def keep(self, name: str, *, dump: Callable[[], Any], load: Callable[[Any], None]) -> None:
        """Save the value that `dump` returns (any that can be pickled) with the state; pass it to `load` on start.

        moto's backends are saved anyway; this is for other data of a service.
        """
        self.kept[name] = (dump, load)

    def enforce_iam(self, enforced: bool) -> None:  # noqa: FBT001 - the only argument
        """Authorize every request by IAM from now on, or allow all requests with credentials."""
        self.iam_enforced = enforced
        self.touch()

    def touch(self) -> None:
        """Request that the state is saved soon, after a change outside a request."""
        self._changed.set()

    def take_changes(self) -> bool:
        """Return whether anything changed since the last call."""
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    def start(self) -> None:
        """Run the start hooks, in the order of installation."""
        for hook in self._start:
            hook()
        self.timer.start()

    def stop(self) -> None:
        """Run the stop hooks; log the errors of those that fail."""
        self.timer.stop()
        _run_all(self._stop)

    def reset(self) -> None:
        """Run the reset hooks; log the errors of those that fail."""
        _run_all(self._reset)


@contextmanager
def _not_recording(*_: str) -> Iterator[None]:
    """Record nothing: there is no state yet."""
    yield


def _run_all(hooks: list[Hook]) -> None:
    for hook in hooks:
        try:
            hook()
        except Exception:  # noqa: BLE001 - the other hooks must run after any error
            _log.exception("%s failed", getattr(hook, "__qualname__", hook))
