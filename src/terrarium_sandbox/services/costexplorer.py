"""Cost Explorer: not implemented, because the sandbox has no costs."""

from moto.ce.responses import CostExplorerResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Refuse GetCostAndUsage, for which moto returns an empty list."""

    def get_cost_and_usage(self: CostExplorerResponse) -> str:
        raise NotImplementedError("the sandbox has no costs")

    patch(
        CostExplorerResponse,
        "get_cost_and_usage",
        get_cost_and_usage,
        reason="moto returns an empty list; the sandbox has no costs and refuses the operation.",
    )
