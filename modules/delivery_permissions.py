"""What Terraform itself needs, by service: to look, and to change what bears the environment's name."""

from environments import Environment
from modules.delivery_services import SERVICES_BY_NAME
from modules.github_provider import ISSUER
from modules.names import arn, name_pattern
from modules.statement import Statement

__all__ = ["deploy_statements", "plan_statements"]


def plan_statements(config: Environment) -> tuple[Statement, ...]:
    """Reading the configuration of what the environment holds, and none of its data."""
    pattern = name_pattern(config)
    return (
        Statement(
            sid="Describe",
            # None of these can be narrowed: IAM knows no resource for them, or they describe by account.
            actions=(
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
            ),
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
            resources=(arn(config, "kms", "key/*"),),
            conditions={"StringEquals": {"aws:ResourceTag/environment": config.name}},
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
                arn(config, "iam", f"role/{pattern}", regional=False),
                arn(config, "iam", f"policy/{pattern}", regional=False),
                arn(config, "iam", f"instance-profile/{pattern}", regional=False),
                arn(config, "iam", f"oidc-provider/{ISSUER}", regional=False),
            ),
        ),
        *(
            Statement(sid=f"Plan{service.name}", actions=service.reading, resources=service.resources(config))
            for service in SERVICES_BY_NAME
        ),
        Statement(
            sid="Manifest",
            actions=("ssm:GetParameter", "ssm:GetParameters"),
            resources=(arn(config, "ssm", f"parameter/terrarium/{config.name}/*"),),
        ),
        Statement(
            sid="DecryptManifest",
            actions=("kms:Decrypt",),
            resources=(arn(config, "kms", "key/*"),),
            conditions={
                "StringEquals": {
                    "aws:ResourceTag/environment": config.name,
                    "kms:ViaService": f"ssm.{config.region}.amazonaws.com",
                }
            },
        ),
    )


def deploy_statements(config: Environment) -> tuple[Statement, ...]:
    """Making, changing and ending what bears the environment's name or tag."""
    pattern = name_pattern(config)
    tagged = {"StringEquals": {"aws:ResourceTag/environment": config.name}}
    asked = {"StringEquals": {"aws:RequestTag/environment": config.name}}
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
                "iam:PassRole",
                "iam:PutRolePermissionsBoundary",
                "iam:AttachRolePolicy",
                "iam:DetachRolePolicy",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ),
            resources=(arn(config, "iam", f"role/{pattern}", regional=False),),
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
            ),
            resources=(
                arn(config, "iam", f"policy/{pattern}", regional=False),
                arn(config, "iam", f"instance-profile/{pattern}", regional=False),
            ),
        ),
        *(
            Statement(
                sid=f"Deploy{service.name}", actions=service.changing, resources=service.resources(config)
            )
            for service in SERVICES_BY_NAME
        ),
        Statement(
            # IAM knows no resource for these.
            sid="Unnamed",
            actions=("ecs:DeregisterTaskDefinition", "sns:Unsubscribe"),
            resources=("*",),
        ),
        Statement(
            sid="ManagedSecrets",
            actions=("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
            resources=(arn(config, "secretsmanager", "secret:rds!cluster-*"),),
        ),
        Statement(
            sid="NewKeys",
            actions=("kms:CreateKey", "kms:TagResource"),
            resources=("*",),  # a key has no name before it exists: its tag tells whose it will be
            conditions=asked,
        ),
        Statement(
            sid="Keys",
            actions=(
                "kms:CreateAlias",
                "kms:CreateGrant",
                "kms:DeleteAlias",
                "kms:EnableKeyRotation",
                "kms:GenerateDataKey",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:UpdateKeyDescription",
            ),
            resources=(arn(config, "kms", "key/*"),),
            conditions=tagged,
        ),
        Statement(
            sid="Aliases",
            actions=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
            resources=(arn(config, "kms", f"alias/{pattern}"),),
        ),
        Statement(
            sid="NewNetworks",
            actions=(
                "ec2:AllocateAddress",
                "ec2:CreateFlowLogs",
                "ec2:CreateInternetGateway",
                "ec2:CreateLaunchTemplate",
                "ec2:CreateLaunchTemplateVersion",
                "ec2:CreateNatGateway",
                "ec2:CreateRouteTable",
                "ec2:CreateSecurityGroup",
                "ec2:CreateSubnet",
                "ec2:CreateVpc",
                "ec2:CreateVpcEndpoint",
            ),
            resources=(arn(config, "ec2", "*"),),
        ),
        Statement(
            # A tag gives rights below: none may be put on what is another environment's.
            sid="Tags",
            actions=("ec2:CreateTags",),
            resources=(arn(config, "ec2", "*"),),
            conditions={
                "StringEqualsIfExists": {
                    "aws:RequestTag/environment": config.name,
                    "aws:ResourceTag/environment": config.name,
                }
            },
        ),
        Statement(
            sid="Networks",
            actions=(
                "ec2:Associate*",
                "ec2:Attach*",
                "ec2:Authorize*",
                "ec2:CreateRoute",
                "ec2:Delete*",
                "ec2:Detach*",
                "ec2:Disassociate*",
                "ec2:Modify*",
                "ec2:ReleaseAddress",
                "ec2:ReplaceRoute*",
                "ec2:Revoke*",
            ),
            resources=(arn(config, "ec2", "*"),),
            conditions=tagged,
        ),
    )


def _log_groups(config: Environment) -> tuple[str, ...]:
    return (
        arn(config, "logs", f"log-group:/terrarium/{config.name}/*"),
        arn(config, "logs", f"log-group:/aws/rds/cluster/{name_pattern(config)}"),
        arn(config, "logs", f"log-group:/aws/vendedlogs/states/{name_pattern(config)}"),
    )
