"""`clock` of the internal interface: what time it is in the sandbox, and moving it."""

import datetime

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["add_clock_routes"]


def add_clock_routes(sandbox: Sandbox) -> None:
    """Answer `GET clock`, {"now"}, and `PUT clock`, {"advance_seconds"}, when all that came due is done."""

    def now(request: Request) -> dict[str, str]:  # noqa: ARG001 - a route handler
        return {"now": sandbox.clock.now().isoformat(timespec="seconds")}

    def advance(request: Request) -> dict[str, str]:
        try:
            with sandbox.recording("clock"):
                sandbox.timer.advance(datetime.timedelta(seconds=float(request.json["advance_seconds"])))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        sandbox.touch()
        return now(request)

    sandbox.routes.add("GET", "clock", now)
    sandbox.routes.add("PUT", "clock", advance)
