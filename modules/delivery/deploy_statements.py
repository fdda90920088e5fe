"""Permissions of CI for deploying: creating, changing and deleting resources with the environment's name or tag."""

from modules.delivery.named_resources import SERVICES_BY_NAME, Service
from modules.delivery.plan_statements import DESCRIBING
from modules.iam.boundary_statements import key_arns, key_conditions, own_tag
from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["UNNAMED", "deploy_statements", "provider_tag_statement"]

_SERVICES_THAT_ENCRYPT = ("dynamodb", "sagemaker")
_CHANGING_UNNAMED = (
    "ecs:DeregisterTaskDefinition",
    "logs:CreateLogDelivery",  # of flow logs
    "logs:DeleteLogDelivery",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)
# Every action of CI's roles that takes no resource, also in other grants.
UNNAMED = (
    *DESCRIBING,
    *_CHANGING_UNNAMED,
    "batch:ListJobs",
    "billing:GetBillingViewData",
    "ecr:GetAuthorizationToken",
)


def deploy_statements(names: Names, *, extensions: tuple[Service, ...] = ()) -> tuple[Statement, ...]:
    """Return the statements for deploying, besides those for planning.

    Args:
        names: The names of the environment's resources.
        extensions: The permissions that extensions declare.
    """
    return (
        *_buckets(names),
        *_identities(names),
        *(
            Statement(
                sid=f"Deploy{service.name}", actions=service.changing, resources=service.resources(names)
            )
            for service in (*SERVICES_BY_NAME, *extensions)
            if service.changing
        ),
        Statement(sid="Unnamed", actions=_CHANGING_UNNAMED, resources=("*",)),
        *_databases(names),
        *_keys(names),
    )


def provider_tag_statement(names: Names, *, issuer: str) -> Statement:
    """Return the statement for changing the tags of CI's OIDC provider, which an administrator created."""
    return Statement(
        sid="Provider",
        actions=("iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"),
        resources=(names.arn("iam", f"oidc-provider/{issuer}", regional=False),),
    )


def _buckets(names: Names) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="Buckets",
            actions=(
                "s3:CreateBucket",
                "s3:DeleteBucket",
                "s3:DeleteBucketPolicy",
                "s3:PutBucket*",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
            ),
            resources=(names.bucket_arn(names.pattern),),
        ),
    )


def _identities(names: Names) -> tuple[Statement, ...]:
    pattern = names.pattern
    return (
        Statement(
            sid="Roles",
            actions=(
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PassRole",
                "iam:PutRolePermissionsBoundary",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ),
            resources=(names.identity("role", pattern),),
        ),
        Statement(
            sid="AttachOwnPolicies",
            actions=("iam:AttachRolePolicy",),
            resources=(names.identity("role", pattern),),
            conditions={"ArnLike": {"iam:PolicyARN": names.identity("policy", pattern)}},
        ),
        Statement(
            sid="Policies",
            actions=(
                "iam:AddRoleToInstanceProfile",
                "iam:CreateInstanceProfile",
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeleteInstanceProfile",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:TagInstanceProfile",
                "iam:TagPolicy",
                "iam:UntagInstanceProfile",
                "iam:UntagPolicy",
            ),
            resources=(
                names.identity("policy", pattern),
                names.identity("instance-profile", pattern),
            ),
        ),
    )


def _databases(names: Names) -> tuple[Statement, ...]:
    return (
        Statement(
            # Deleting a database requires the permission to delete its tables and functions.
            sid="DatabaseContents",
            actions=("glue:DeleteDatabase",),
            resources=tuple(
                names.arn("glue", f"{kind}/{names.sql_pattern}/*")
                for kind in ("table", "userDefinedFunction")
            ),
        ),
        Statement(
            sid="ManagedSecrets",
            actions=("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
            resources=(names.arn("secretsmanager", "secret:rds!cluster-*"),),
        ),
    )


def _keys(names: Names) -> tuple[Statement, ...]:
    through = tuple(value for service in _SERVICES_THAT_ENCRYPT for value in names.via(service))
    return (
        *(_existing_key(names) if names.key else _own_key(names)),
        Statement(
            # Services that encrypt with the key when Terraform creates or changes their resources: they call KMS with
            # the caller's permissions. `Encryption.grant_provision` has the others. Sources: DynamoDB Developer Guide,
            # "DynamoDB encryption at rest usage notes"; CloudFormation's handler of AWS::SageMaker::NotebookInstance.
            sid="KeysThroughServices",
            actions=("kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*"),
            resources=key_arns(names),
            conditions=key_conditions(names, {"kms:ViaService": through}),
        ),
        *(() if names.key else (_aliases(names),)),
    )


def _existing_key(names: Names) -> tuple[Statement, ...]:
    return (
        Statement(sid="Keys", actions=("kms:CreateGrant", "kms:GenerateDataKey"), resources=key_arns(names)),
    )


def _own_key(names: Names) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="Keys",
            actions=(
                "kms:CreateAlias",
                "kms:CreateGrant",
                "kms:DeleteAlias",
                "kms:EnableKeyRotation",
                "kms:GenerateDataKey",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ),
            resources=key_arns(names),
            conditions=own_tag(names),
        ),
        Statement(
            # Terraform sends the changed tags only, without `environment`; a request that sends it may not change it.
            sid="KeyTags",
            actions=("kms:TagResource", "kms:UntagResource"),
            resources=key_arns(names),
            conditions=own_tag(names)
            | {"StringEqualsIfExists": {"aws:RequestTag/environment": names.environment}},
        ),
    )


def _aliases(names: Names) -> Statement:
    return Statement(
        sid="Aliases",
        actions=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
        resources=(names.arn("kms", f"alias/{names.pattern}"),),
    )
