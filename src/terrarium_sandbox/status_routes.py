"""`health`, `status` and `iam-enforcement` of the internal interface."""

from werkzeug.wrappers import Request

from terrarium_sandbox.failures import Failures
from terrarium_sandbox.inventory import list_accounts, list_databases
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.state import State
from terrarium_sandbox.status import Status

__all__ = ["add_status_routes"]


def add_status_routes(sandbox: Sandbox, failures: Failures, state: State) -> None:
    """Answer `GET health` (to anyone), `GET status`, and `PUT iam-enforcement`, {"enforced"}."""

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
