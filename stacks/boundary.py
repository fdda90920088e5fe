"""The permissions boundaries of the platform's roles."""

from collections.abc import Collection, Mapping

from constructs import Construct

from modules.iam.boundary_statements import deny_lock_bypass, guarded_buckets, own_keys, own_tables, own_tag
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.statement import Statement
from modules.names import Limit, Names
from modules.network import ExistingVpc
from modules.promotion import source_role_arn
from terrarium.manifest import Capability

__all__ = ["migration_boundary", "platform_boundary"]

# The services in the grants of constructs, each with the ARNs of the environment's resources. `{name}` is the pattern
# of physical names. The policy `outside-boundary` finds grants that are missing here.
_RESOURCES = {
    "athena": ("workgroup/{name}", "datacatalog/AwsDataCatalog"),
    "batch": ("job-definition/{name}", "job-queue/{name}", "job/*"),
    "dynamodb": ("table/{name}",),
    "ecs": (
        "cluster/{name}",
        "cluster/AWSBatch-{name}",
        "container-instance/{name}",
        "container-instance/AWSBatch-{name}",
        "task-definition/{name}",
        "task/{name}",
    ),
    "ecr": ("repository/{name}",),
    "events": ("rule/StepFunctionsGetEventsForBatchJobsRule",),
    "logs": ("log-group:{logs}", "log-group:/aws/sagemaker/NotebookInstances*"),
    "sagemaker": ("notebook-instance/{name}",),
    "sqs": ("{name}",),
    "ssm": ("parameter/{parameters}", "session/*"),
    "states": ("execution:{name}", "stateMachine:{name}"),
}
# Actions that take no resource, or that describe everything in the account.
_UNNAMED = (
    "batch:Describe*",
    "batch:ListJobs",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "logs:*Deliver*",
    "logs:DescribeLogGroups",
    "logs:*ResourcePolic*",
    "sagemaker:ListNotebookInstances",
    "ssm:DescribeParameters",
    "ssmmessages:*",
    "sts:GetCallerIdentity",
)
_PULLING = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# Roles that are passed to services at run time: those of the tunnel and of notebooks.
_PASSED = ("job-execution", "notebook", "tunnel")
# Services and roles that one capability needs.
_ONLY_FOR: Mapping[str, Capability] = {
    "athena": "features",
    "dynamodb": "features",
    "events": "pipelines",
    "notebook": "workbench",
    "sagemaker": "workbench",
    "sqs": "pipelines",
    "states": "pipelines",
    "tunnel": "tunnel",
}


def platform_boundary(
    scope: Construct,
    *,
    names: Names,
    source: Names | None,
    vpc: ExistingVpc | None,
    disabled: Collection[Capability],
    prescribed: str | None,
    extensions: tuple[Statement, ...] = (),
) -> PermissionsBoundary:
    """Create the boundary of every role except the migration's and those of CI.

    It allows actions on resources with the environment's name or tag. Of IAM and STS it allows single actions on named
    roles only: with `sts:*` a role could assume any role that trusts the account, and with `iam:*` change its own
    permissions. It denies connecting as the owner of the database.

    Args:
        scope: The stack.
        names: The names of the environment's resources.
        source: The names of the environment that models are promoted from, if any.
        vpc: The VPC of another team that the environment uses, if any.
        disabled: The capabilities that the environment does not have. The boundary does not allow their services.
        prescribed: The company's boundary, in place of this one (`access.permissions_boundary_arn`).
        extensions: The statements for the permissions that extensions declare.
    """
    resources = {
        service: patterns
        for service, patterns in _RESOURCES.items()
        if _ONLY_FOR.get(service) not in disabled
    }
    allowed = [
        Statement(
            sid="OwnResources",
            actions=(
                "s3:*",
                *(("glue:*",) if "features" not in disabled else ()),
                *(f"{service}:*" for service in resources),
            ),
            resources=_own_resources(names, resources, tables="features" not in disabled),
        ),
        Statement(sid="Unnamed", actions=_UNNAMED, resources=("*",)),
        Statement(
            sid="Images", actions=_PULLING, resources=(names.foreign_arn("ecr", "*", "*", "repository/*"),)
        ),
        own_keys(names),
        *(_notebook_network(names, vpc) if "workbench" not in disabled else ()),
        Statement(
            sid="DatabaseUsers",
            actions=("rds-db:connect",),
            resources=(names.arn("rds-db", "dbuser:*/terrarium_*"),),
        ),
        Statement(
            sid="PassOwnRoles",
            actions=("iam:PassRole",),
            resources=tuple(_role(names, name) for name in _PASSED if _ONLY_FOR.get(name) not in disabled),
        ),
    ]
    if source is not None:
        allowed.append(
            Statement(
                sid="AssumeSourceRole", actions=("sts:AssumeRole",), resources=(source_role_arn(source),)
            )
        )
    return PermissionsBoundary(
        scope,
        "boundary",
        names=names,
        name="boundary",
        statements=(*allowed, *extensions, *_denied(names)),
        prescribed=prescribed,
    )


def migration_boundary(scope: Construct, *, names: Names, prescribed: str | None) -> PermissionsBoundary:
    """Create the boundary of the migration, which connects as the owner of the database and reads the master secret.

    Args:
        scope: The stack.
        names: The names of the environment's resources.
        prescribed: The company's boundary, in place of this one (`access.permissions_boundary_arn`).
    """
    return PermissionsBoundary(
        scope,
        "migration-boundary",
        names=names,
        name="migration-boundary",
        statements=(
            Statement(
                sid="Owner",
                actions=("rds-db:connect",),
                resources=(names.arn("rds-db", "dbuser:*/terrarium_*"),),
            ),
            Statement(
                sid="Master",
                actions=("secretsmanager:GetSecretValue",),
                resources=(names.arn("secretsmanager", "secret:rds!cluster-*"),),
            ),
            Statement(
                sid="Manifest",
                actions=("ssm:GetParameter*",),
                resources=(names.arn("ssm", f"parameter{names.parameter('*')}"),),
            ),
            Statement(
                sid="Unnamed",
                actions=("ssm:DescribeParameters", "sts:GetCallerIdentity"),
                resources=("*",),
            ),
            own_keys(names),
        ),
        prescribed=prescribed,
    )


def _own_resources(
    names: Names, resources: Mapping[str, tuple[str, ...]], *, tables: bool
) -> tuple[str, ...]:
    name = names.pattern
    return (
        names.bucket_arn(name),
        *((*own_tables(names), names.arn("glue", "database/default")) if tables else ()),
        *(
            names.arn(service, names.in_pattern(pattern))
            for service, patterns in resources.items()
            for pattern in patterns
        ),
        names.foreign_arn("ssm", names.region, "", "document/AWS-StartPortForwardingSessionToRemoteHost"),
    )


def _notebook_network(names: Names, vpc: ExistingVpc | None) -> tuple[Statement, ...]:
    # SageMaker attaches the network interface of a notebook to an instance in its own account, with the caller's
    # permissions.
    return (
        Statement(
            sid="NotebookPlaces",
            actions=("ec2:CreateNetworkInterface",),
            # Subnets of another team have other tags and, if they are shared, another account.
            resources=(
                names.arn("ec2", "subnet/*")
                if vpc is None
                else names.foreign_arn("ec2", names.region, "*", "subnet/*"),
                names.arn("ec2", "security-group/*"),
            ),
            conditions=own_tag(names) if vpc is None else {"ArnEquals": {"ec2:Vpc": vpc.arn}},
        ),
        Statement(
            sid="NotebookInterfaces",
            actions=("ec2:CreateNetworkInterface",),
            resources=(names.arn("ec2", "network-interface/*"),),
        ),
        Statement(
            sid="AttachThroughServices",
            actions=("ec2:AttachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"),
            resources=("*",),
            conditions={"Bool": {"aws:ViaAWSService": "true"}},
        ),
    )


def _denied(names: Names) -> tuple[Statement, ...]:
    guarded = guarded_buckets(names)
    return (
        Statement(
            sid="DenyOwner",
            effect="Deny",
            actions=("rds-db:connect",),
            resources=(names.arn("rds-db", "dbuser:*/terrarium_owner"),),
        ),
        Statement(
            sid="DenyStateAndAudit",
            effect="Deny",
            actions=("s3:*",),
            resources=tuple(one for bucket in guarded for one in (bucket, f"{bucket}/*")),
        ),
        deny_lock_bypass(),
    )


def _role(names: Names, name: str) -> str:
    return names.identity("role", names.physical(name, limit=Limit.IAM_ROLE))
