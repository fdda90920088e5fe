"""Resources that the stack no longer contains, and that stay in the account."""

from cdktf import TerraformStack

from environments import Environment
from modules.logical_id import logical_id

__all__ = ["forget_resources"]

_INGRESS = "aws_vpc_security_group_ingress_rule"
_EGRESS = "aws_vpc_security_group_egress_rule"
_PROVIDER = "aws_iam_openid_connect_provider"


def forget_resources(stack: TerraformStack, *, config: Environment) -> None:
    """Remove resources from Terraform's state without deleting them in AWS.

    Rules of security groups were resources of their own, and groups now contain them: Terraform would otherwise revoke
    them, so that the first deployment of this release would cut the connections that the second one restores. The
    OIDC provider of CI, where the file says that it exists already: other environments of the account use it, too.
    A resource that is not in the state is ignored.

    Args:
        stack: The stack of the environment.
        config: The environment.
    """
    provider = [(_PROVIDER, ("access", "delivery", server)) for server in ("github", "gitlab")]
    former = [
        *(provider if config.access.github_oidc_provider == "existing" else []),
        (_EGRESS, ("network", "clients-egress")),
        (_INGRESS, ("metadata", "from-clients")),
        *(
            (kind, ("compute", f"pool-{pool}", "nodes", direction))
            for pool in (pool.name for pool in config.compute.pools)
            for kind, direction in ((_INGRESS, "ingress"), (_EGRESS, "egress"))
        ),
    ]
    stack.add_override(
        "removed",
        [{"from": f"{kind}.{logical_id(*path)}", "lifecycle": {"destroy": False}} for kind, path in former],
    )
