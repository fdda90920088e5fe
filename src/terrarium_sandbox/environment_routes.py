"""`environments/<name>` of the internal interface: where an environment is deployed in the sandbox."""

from typing import Any, cast

from moto.ssm.models import ssm_backends
from werkzeug.wrappers import Request

from terrarium.manifest import manifest_parameter
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["add_environment_routes"]


def add_environment_routes(sandbox: Sandbox) -> None:
    """Answer `GET environments/<name>`: {"account", "region"} of every manifest of an environment of that name."""

    def find(request: Request, *, environment: str) -> list[dict[str, str]]:  # noqa: ARG001 - a route handler
        parameter = manifest_parameter(environment)
        with sandbox.locks.holding("ssm"):
            return [
                {"account": account, "region": region}
                for account, region, backend in ssm_backends.iter_backends()
                if parameter in cast("Any", backend)._parameters
            ]

    sandbox.routes.add("GET", "environments/<environment>", find)
