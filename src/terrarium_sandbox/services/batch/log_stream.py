"""Log stream of a container in CloudWatch Logs."""

import time
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend, logs_backends

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.variables import ContainerNotStartedError

__all__ = ["LogStream", "open_log_stream"]

_DEFAULT_GROUP = "/aws/batch/job"
_EVERY_SECONDS = 0.5
_MOST_EVENTS = 1000
_LONGEST = 256 * 1024 - 26  # bytes of one event, a limit of CloudWatch Logs


def open_log_stream(
    sandbox: Sandbox, account: str, region: str, *, configuration: dict[str, Any], definition: str, task: str
) -> "LogStream":
    """Return the stream of a task, named as the `awslogs` driver names it.

    Raises:
        ContainerNotStartedError: The log group does not exist.
    """
    options = configuration.get("options", {})
    group = options.get("awslogs-group", _DEFAULT_GROUP)
    name = f"{options.get('awslogs-stream-prefix', definition[:200])}/default/{task}"
    backend: LogsBackend = logs_backends[account][options.get("awslogs-region", region)]
    with sandbox.locks.holding("logs"):
        if group not in backend.groups:
            if group != _DEFAULT_GROUP and options.get("awslogs-create-group") != "true":
                raise ContainerNotStartedError(
                    "ResourceInitializationError: failed to validate logger args: The task cannot find the "
                    f"Amazon CloudWatch log group '{group}': The specified log group does not exist."
                )
            backend.create_log_group(group, {})
        backend.create_log_stream(group, name)
    return LogStream(sandbox, backend, group, name)


class LogStream:
    """Collects lines, and writes them to the stream a few times a second; used by one thread.

    Args:
        sandbox: The host, with the lock of the service.
        backend: moto's backend of the service.
        group: The log group.
        name: The stream.
    """

    def __init__(self, sandbox: Sandbox, backend: LogsBackend, group: str, name: str) -> None:
        self.name = name
        self._sandbox = sandbox
        self._backend = backend
        self._group = group
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        self._flushed = time.monotonic()
        self._last = 0

    def write(self, output: bytes) -> None:
        """Add output of the container."""
        *lines, self._rest = (self._rest + output).split(b"\n")
        for line in lines:
            self._add(line)

    def flush(self, *, now: bool = False) -> None:
        """Write the collected lines to the stream if they are due, or `now`."""
        if now and self._rest:
            self._add(self._rest)
            self._rest = b""
        due = time.monotonic() - self._flushed >= _EVERY_SECONDS or len(self._events) >= _MOST_EVENTS
        if not self._events or not (due or now):
            return
        events, self._events = self._events, []
        self._flushed = time.monotonic()
        with self._sandbox.locks.holding("logs"):
            try:
                self._backend.put_log_events(self._group, self.name, events)
            except ResourceNotFoundException:  # the stream was deleted: the lines are lost, as on AWS
                return
        self._sandbox.touch()

    def _add(self, line: bytes) -> None:
        self._last = max(self._last, time.time_ns() // 1_000_000)
        text = line.removesuffix(b"\r")
        for start in range(0, len(text), _LONGEST):  # no event for an empty line, as in Docker's driver
            message = text[start : start + _LONGEST].decode(errors="replace")
            self._events.append({"timestamp": self._last, "message": message})
