"""Permissions of CI: what Terraform needs to plan, and to change what bears the environment's name or tag."""

from modules.delivery.github_provider import ISSUER
from modules.delivery.named_resources import SERVICES_BY_NAME
from modules.iam.statement import Statement
from modules.names import Names

__all__ = [
    "UNNAMED",
    "deploy_statements",
    "plan_statements",
    "provider_tag_statement",
]

_SERVICES_THAT_ENCRYPT = ("dynamodb", "sagemaker")
_DESCRIBING = (
    "batch:Describe*",
    "budgets:ListTagsForResource",
    "budgets:ViewBudget",
    "cloudtrail:DescribeTrails",
    "cloudwatch:DescribeAlarms",
    "ec2:Describe*",
    "ecs:DescribeTaskDefinition",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "rds:Describe*",
    "sns:GetSubscriptionAttributes",
    "ssm:DescribeParameters",
    "states:ValidateStateMachineDefinition",
    "sts:GetCallerIdentity",
)
_CHANGING_UNNAMED = (
    "ecs:DeregisterTaskDefinition",
    "logs:CreateLogDelivery",  # of flow logs
    "logs:DeleteLogDelivery",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)
# Every action that takes no resource, those of other grants of CI's roles included.
UNNAMED = (
    *_DESCRIBING,
    *_CHANGING_UNNAMED,
    "batch:ListJobs",
    "billing:GetBillingViewData",
    "ecr:GetAuthorizationToken",
)


def plan_statements(names: Names) -> tuple[Statement, ...]:
    """Return the statements for reading the configuration of the environment's resources, and none of their data."""
    pattern = names.pattern
    return (
        Statement(
            sid="Describe",
            # IAM takes no resource for these actions, or they describe everything in the account.
            actions=_DESCRIBING,
            resources=("*",),
        ),
        Statement(
            sid="Keys",
            actions=(
                "kms:DescribeKey",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListResourceTags",
            ),
            resources=(names.arn("kms", "key/*"),),
            conditions={"StringEquals": {"aws:ResourceTag/environment": names.environment}},
        ),
        Statement(
            sid="Buckets",
            actions=(
                "s3:GetBucket*",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetAccelerateConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:ListBucket",
            ),
            resources=(f"arn:aws:s3:::{pattern}",),
        ),
        Statement(
            sid="Roles",
            actions=("iam:Get*", "iam:List*"),
            resources=(
                names.arn("iam", f"role/{pattern}", regional=False),
                names.arn("iam", f"policy/{pattern}", regional=False),
                names.arn("iam", f"instance-profile/{pattern}", regional=False),
                names.arn("iam", f"oidc-provider/{ISSUER}", regional=False),
            ),
        ),
        Statement(
            # Listed by CloudFormation's read handler of AWS::Budgets::Budget, besides budgets:ViewBudget.
            sid="BudgetsBasis",
            actions=("billing:GetBillingViewData",),
            resources=(names.arn("billing", "billingview/primary", regional=False),),
        ),
        *(
            Statement(sid=f"Plan{service.name}", actions=service.reading, resources=service.resources(names))
            for service in SERVICES_BY_NAME
        ),
        Statement(
            sid="Manifest",
            actions=("ssm:GetParameter", "ssm:GetParameters"),
            resources=(names.arn("ssm", f"parameter/terrarium/{names.environment}/*"),),
        ),
        Statement(
            sid="DecryptManifest",
            actions=("kms:Decrypt",),
            resources=(names.arn("kms", "key/*"),),
            conditions={
                "StringEquals": {
                    "aws:ResourceTag/environment": names.environment,
                    "kms:ViaService": f"ssm.{names.region}.amazonaws.com",
                }
            },
        ),
    )


def deploy_statements(names: Names) -> tuple[Statement, ...]:
    """Return the statements for creating, changing and deleting what bears the environment's name or tag."""
    pattern = names.pattern
    tagged = {"StringEquals": {"aws:ResourceTag/environment": names.environment}}
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
            resources=(f"arn:aws:s3:::{pattern}",),
        ),
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
            resources=(names.arn("iam", f"role/{pattern}", regional=False),),
        ),
        Statement(
            sid="AttachOwnPolicies",
            actions=("iam:AttachRolePolicy",),
            resources=(names.arn("iam", f"role/{pattern}", regional=False),),
            conditions={"ArnLike": {"iam:PolicyARN": names.arn("iam", f"policy/{pattern}", regional=False)}},
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
                names.arn("iam", f"policy/{pattern}", regional=False),
                names.arn("iam", f"instance-profile/{pattern}", regional=False),
            ),
        ),
        *(
            Statement(
                sid=f"Deploy{service.name}", actions=service.changing, resources=service.resources(names)
            )
            for service in SERVICES_BY_NAME
        ),
        Statement(
            # IAM takes no resource for these actions.
            sid="Unnamed",
            actions=_CHANGING_UNNAMED,
            resources=("*",),
        ),
        Statement(
            # Deleting a database requires the right to delete what it holds.
            sid="DatabaseContents",
            actions=("glue:DeleteDatabase",),
            resources=tuple(
                names.arn("glue", f"{kind}/{pattern.replace('-', '_')}/*")
                for kind in ("table", "userDefinedFunction")
            ),
        ),
        Statement(
            sid="ManagedSecrets",
            actions=("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
            resources=(names.arn("secretsmanager", "secret:rds!cluster-*"),),
        ),
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
            resources=(names.arn("kms", "key/*"),),
            conditions=tagged,
        ),
        Statement(
            # Terraform sends the changed tags only, without `environment`; a request that sends it may not change it.
            sid="KeyTags",
            actions=("kms:TagResource", "kms:UntagResource"),
            resources=(names.arn("kms", "key/*"),),
            conditions=tagged | {"StringEqualsIfExists": {"aws:RequestTag/environment": names.environment}},
        ),
        Statement(
            # Services that encrypt with the key when Terraform creates or changes their resources: they call KMS with
            # the caller's rights. `Encryption.grant_provision` has the others. Sources: DynamoDB Developer Guide,
            # "DynamoDB encryption at rest usage notes"; CloudFormation's handler of AWS::SageMaker::NotebookInstance.
            sid="KeysThroughServices",
            actions=("kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*"),
            resources=(names.arn("kms", "key/*"),),
            conditions={
                "StringEquals": {
                    "aws:ResourceTag/environment": names.environment,
                    "kms:ViaService": tuple(
                        f"{service}.{names.region}.amazonaws.com" for service in _SERVICES_THAT_ENCRYPT
                    ),
                }
            },
        ),
        Statement(
            sid="Aliases",
            actions=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
            resources=(names.arn("kms", f"alias/{pattern}"),),
        ),
    )


def provider_tag_statement(names: Names) -> Statement:
    """Return the statement for changing the tags of GitHub's OIDC provider, which an administrator created."""
    return Statement(
        sid="Provider",
        actions=("iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"),
        resources=(names.arn("iam", f"oidc-provider/{ISSUER}", regional=False),),
    )
