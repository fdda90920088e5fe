"""What the sandbox holds, for `terrarium sandbox status`."""

from typing import Any

from werkzeug.wrappers import Request

from terrarium.sandbox.failures import Failures
from terrarium.sandbox.host import Sandbox

__all__ = ["add_status_routes"]


def add_status_routes(sandbox: Sandbox, failures: Failures) -> None:
    """Answer `GET health` (to anyone) and `GET status`."""

    def health(request: Request) -> dict[str, str]:  # noqa: ARG001 - a route handler
        return {"status": "ready"}

    def status(request: Request) -> dict[str, Any]:  # noqa: ARG001 - a route handler
        return {"failures": [failure.model_dump() for failure in failures.all()]}

    sandbox.routes.add("GET", "health", health, open_to_all=True)
    sandbox.routes.add("GET", "status", status)
