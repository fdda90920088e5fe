"""The permissions boundary of the platform's roles."""

from constructs import Construct

from environments import Environment
from modules.names import arn, name_pattern
from modules.permissions_boundary import PermissionsBoundary
from modules.promotion import source_role_arn
from modules.statement import Statement

__all__ = ["platform_boundary"]

# The services that grants of the constructs use. The policy `outside-boundary` finds a grant that is missing here.
_SERVICES = (
    "athena",
    "batch",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "events",
    "glue",
    "kms",
    "logs",
    "rds-db",
    "s3",
    "sagemaker",
    "secretsmanager",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
)


def platform_boundary(
    scope: Construct, *, config: Environment, source: Environment | None
) -> PermissionsBoundary:
    """Create the boundary of every role except those of CI.

    Of IAM and STS it allows single actions on named roles only: with `sts:*` a role could enter any role that
    trusts the account, and with `iam:*` change its own permissions.

    Args:
        scope: The stack.
        config: The environment.
        source: The environment that models are promoted from, if any.
    """
    allowed = [
        Statement(
            sid="PassOwnRoles",
            actions=("iam:PassRole",),
            resources=(arn(config, "iam", f"role/{name_pattern(config)}", regional=False),),
        ),
        Statement(sid="WhoAmI", actions=("sts:GetCallerIdentity",), resources=("*",)),
    ]
    if source is not None:
        allowed.append(
            Statement(sid="EnterTheSource", actions=("sts:AssumeRole",), resources=(source_role_arn(source),))
        )
    return PermissionsBoundary(
        scope, "boundary", config=config, name="boundary", services=_SERVICES, allowed=tuple(allowed)
    )
