"""Permissions of CI for planning: reading the configuration of the environment's resources, and none of their data."""

from modules.delivery.named_resources import SERVICES_BY_NAME, Service
from modules.iam.boundary_statements import key_arns, key_conditions
from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["DESCRIBING", "plan_statements"]

# IAM takes no resource for these actions, or they describe everything in the account.
DESCRIBING = (
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
    "scheduler:ListSchedules",
    "sns:GetSubscriptionAttributes",
    "ssm:DescribeParameters",
    "states:ValidateStateMachineDefinition",
    "sts:GetCallerIdentity",
)


def plan_statements(
    names: Names, *, issuer: str, extensions: tuple[Service, ...] = ()
) -> tuple[Statement, ...]:
    """Return the statements for planning.

    Args:
        names: The names of the environment's resources.
        issuer: The issuer of CI's OIDC provider, which a plan reads.
        extensions: The permissions that extensions declare.
    """
    pattern = names.pattern
    return (
        Statement(
            sid="Describe",
            actions=DESCRIBING,
            resources=("*",),
        ),
        Statement(
            sid="Keys",
            actions=(
                "kms:DescribeKey",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListGrants",
                "kms:ListResourceTags",
            ),
            resources=key_arns(names),
            conditions=key_conditions(names),
        ),
        Statement(
            sid="Buckets",
            actions=(
                "s3:GetBucket*",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetAccelerateConfiguration",
                "s3:GetInventoryConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:ListBucket",
            ),
            resources=(names.bucket_arn(pattern),),
        ),
        Statement(
            sid="Roles",
            actions=("iam:Get*", "iam:List*"),
            resources=(
                names.identity("role", pattern),
                names.identity("policy", pattern),
                names.identity("instance-profile", pattern),
                names.arn("iam", f"oidc-provider/{issuer}", regional=False),
            ),
        ),
        Statement(
            # CloudFormation's read handler of AWS::Budgets::Budget lists it, besides budgets:ViewBudget.
            sid="BudgetsBasis",
            actions=("billing:GetBillingViewData",),
            resources=(names.arn("billing", "billingview/primary", regional=False),),
        ),
        Statement(
            # RDS names the secret of the master user. `terrarium drift` compares its policy.
            sid="ManagedSecrets",
            actions=("secretsmanager:GetResourcePolicy",),
            resources=(names.arn("secretsmanager", "secret:rds!cluster-*"),),
        ),
        *(
            Statement(sid=f"Plan{service.name}", actions=service.reading, resources=service.resources(names))
            for service in (*SERVICES_BY_NAME, *extensions)
            if service.reading
        ),
        Statement(
            sid="Manifest",
            actions=("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"),
            resources=(names.arn("ssm", f"parameter{names.parameter('*')}"),),
        ),
        Statement(
            sid="DecryptManifest",
            actions=("kms:Decrypt",),
            resources=key_arns(names),
            conditions=key_conditions(names, {"kms:ViaService": names.via("ssm")}),
        ),
    )
