"""What jsii sends its messages through, with a kernel that we started."""

import atexit
import warnings
from typing import Any

from jsii._kernel.providers.process import _CallbackResponse, _NodeProcess
from jsii._kernel.types import KernelRequest, KernelResponse
from jsii._stack_trace import capture_stack_trace, is_enabled
from jsii.errors import ErrorType, JavaScriptError, JSIIError

from cdktf_lean._kernel_process import KernelProcess
from cdktf_lean._messages import decode, encode, read_response, write_request
from cdktf_lean._promises import Promise, Promises, Response
from cdktf_lean._warning import LeanWarning

__all__ = ["KernelConnection"]


class KernelConnection(_NodeProcess):
    """jsii's own connection, but for how the kernel is started and stopped, and for what is not waited for.

    Args:
        kernel: The kernel's process.
        promises: What its answers are not waited for.
    """

    def __init__(self, kernel: KernelProcess, promises: Promises) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # jsii has no hint there
        self._kernel = kernel
        self._process = kernel.process
        self._promises = promises
        self._with_stack_traces = is_enabled()
        atexit.register(self.stop)

    def start(self) -> None:
        self.handshake()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        for line in self._kernel.stop().splitlines():
            warnings.warn(
                f"what failed was never heard of: {decode(line).get('error')}", LeanWarning, stacklevel=2
            )

    def send(self, request: KernelRequest, response_type: type[KernelResponse]) -> Any:
        """Send a request, and wait for the response."""
        self._write(self._line(request))
        self._kernel.requests.flush()
        message = self._next_message()
        if "callback" in message:
            return self._serializer.structure(message, _CallbackResponse).callback
        if "ok" not in message:
            raise self._error(message)
        self._promises.keep()
        content = message["ok"]
        return read_response(content, response_type) or self._serializer.structure(content, response_type)

    def send_ahead(self, request: KernelRequest, promise: Promise[Response]) -> Response:
        """Send a request, and take what is promised for the response."""
        self._write(f"{promise.name} ".encode() + self._line(request))
        return promise.response

    def hint(self, request: KernelRequest) -> None:
        """Send a request whose outcome does not matter, only that the kernel will be quicker later."""
        self._write(b"hint " + self._line(request))
        self._kernel.requests.flush()

    def _next_message(self) -> dict[str, Any]:
        return decode(self._kernel.responses.readline())

    def _write(self, line: bytes) -> None:
        self._kernel.requests.write(line + b"\n")

    def _line(self, request: KernelRequest) -> bytes:
        message = write_request(request) or self._serializer.unstructure(request)
        if self._with_stack_traces and (stack_trace := capture_stack_trace()):
            message["$jsii.stacktrace"] = stack_trace
        return encode(message)

    def _error(self, message: dict[str, str]) -> Exception:
        kind = JSIIError if message["name"] == ErrorType.JSII_FAULT.value else RuntimeError
        error = kind(message["error"])
        error.__cause__ = JavaScriptError(message["stack"])  # type: ignore[no-untyped-call] # jsii has no hint there
        if name := message.get("promised"):
            self._write(b"heard")
            error.add_note(self._promises.note(name))
        return error
