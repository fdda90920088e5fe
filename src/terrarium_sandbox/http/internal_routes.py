"""Routes of the internal interface: `health`, `status`, `iam-enforcement`, `clock` and `environments`."""

import datetime
from typing import Any, cast

from moto.ssm.models import ssm_backends
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from terrarium.manifest import manifest_parameter
from terrarium_sandbox.http.failures import Failures
from terrarium_sandbox.inventory import list_accounts, list_databases
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.state.saved_state import SavedState
from terrarium_sandbox.status import Status

__all__ = ["add_internal_routes"]


def add_internal_routes(sandbox: Sandbox, failures: Failures, state: SavedState) -> None:
    """Add the routes.

    `GET health` needs no token. `GET status` returns a `Status`. `PUT iam-enforcement` takes {"enforced"}.
    `GET clock` returns {"now"}; `PUT clock` takes {"advance_seconds"}, and returns when everything due is done.
    `GET environments/<name>` returns {"account", "region"} of each manifest of an environment of that name.
    """
    _add_status(sandbox, failures, state)
    _add_clock(sandbox)
    _add_environments(sandbox)


def _add_status(sandbox: Sandbox, failures: Failures, state: SavedState) -> None:
    def health(request: Request) -> dict[str, str]:  # noqa: ARG001 - a route handler
        return {"status": "ready"}

    def status(request: Request) -> object:  # noqa: ARG001 - a route handler
        with sandbox.locks.holding_all():
            found = Status(
                iam_enforced=sandbox.iam_enforced,
                save_problem=state.problem,
                accounts=list_accounts(),
                databases=list_databases(),
                failures=failures.all(),
            )
        return found.model_dump()

    def enforce_iam(request: Request) -> None:
        with sandbox.recording("iam_enforced"):
            sandbox.enforce_iam(bool(request.json["enforced"]))

    sandbox.routes.add("PUT", "iam-enforcement", enforce_iam)
    sandbox.routes.add("GET", "health", health, open_to_all=True)
    sandbox.routes.add("GET", "status", status)


def _add_clock(sandbox: Sandbox) -> None:
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


def _add_environments(sandbox: Sandbox) -> None:
    def find(request: Request, *, environment: str) -> list[dict[str, str]]:  # noqa: ARG001 - a route handler
        parameter = manifest_parameter(environment)
        with sandbox.locks.holding("ssm"):
            return [
                {"account": account, "region": region}
                for account, region, backend in ssm_backends.iter_backends()
                if parameter in cast("Any", backend)._parameters
            ]

    sandbox.routes.add("GET", "environments/<environment>", find)
