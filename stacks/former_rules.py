"""Security group rules that earlier releases managed as resources of their own, and that groups now contain."""

import hashlib
from collections.abc import Iterable

from cdktf import TerraformStack

__all__ = ["forget_former_rules"]

_INGRESS = "aws_vpc_security_group_ingress_rule"
_EGRESS = "aws_vpc_security_group_egress_rule"


def forget_former_rules(stack: TerraformStack, *, pools: Iterable[str]) -> None:
    """Remove former rules from Terraform's state without deleting them in AWS.

    Terraform would otherwise revoke a rule that the group now contains: the first deployment of this release would
    cut the connections that the second one restores. A rule that is not in the state is ignored.

    Args:
        stack: The stack of the environment.
        pools: The names of its pools.
    """
    former = [
        (_EGRESS, ("network", "clients-egress")),
        (_INGRESS, ("metadata", "from-clients")),
        *(
            (kind, ("compute", f"pool-{pool}", "nodes", direction))
            for pool in pools
            for kind, direction in ((_INGRESS, "ingress"), (_EGRESS, "egress"))
        ),
    ]
    stack.add_override(
        "removed",
        [{"from": f"{kind}.{_logical_id(path)}", "lifecycle": {"destroy": False}} for kind, path in former],
    )


def _logical_id(path: tuple[str, ...]) -> str:
    """Return the logical id that cdktf gave the construct at a path of the stack."""
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    return f"{'_'.join(path)}_{digest}"
