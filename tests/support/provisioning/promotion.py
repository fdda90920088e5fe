"""Roles and job for promotion, as needed while IAM is not enforced."""

import json

import boto3

from terrarium.manifest import PlatformManifest, promotion_job_definition
from tests.support.provisioning.compute import BASE_TAG, create_role

__all__ = ["create_promotion", "source_role_arn"]

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


def source_role_arn(environment: str, account: str) -> str:
    """Return the ARN of the role through which other accounts read models of `environment`."""
    return f"arn:aws:iam::{account}:role/terrarium-{environment}-promotion-source"


def create_promotion(manifest: PlatformManifest) -> dict[str, object]:
    """Make both roles and the job, and return section `roles` of the manifest with the roles.

    Args:
        manifest: The environment's, whose compute exists.
    """
    environment = manifest.environment
    source = boto3.client("iam").create_role(
        RoleName=f"terrarium-{environment}-promotion-source", AssumeRolePolicyDocument=json.dumps(_TRUST)
    )["Role"]["Arn"]
    role = create_role(f"terrarium-{environment}-promotion", "ecs-tasks.amazonaws.com")
    _register(manifest, role)
    return manifest.roles.model_dump() | {"promotion_arn": role, "promotion_source_arn": source}


def _register(manifest: PlatformManifest, role: str) -> None:
    """Create the resources for promotion as `modules/promotion.py` declares them."""
    boto3.client("batch").register_job_definition(
        jobDefinitionName=promotion_job_definition(role),
        type="container",
        platformCapabilities=["EC2"],
        timeout={"attemptDurationSeconds": 2 * 3600},
        schedulingPriority=0,
        containerProperties={
            "image": f"{manifest.compute.images_url}:{BASE_TAG}",
            "command": [
                *("terrarium", "models", "promote", "Ref::version"),
                *("--to", manifest.environment, "--here", "--requested-by", "Ref::requested_by"),
            ],
            "jobRoleArn": role,
            "executionRoleArn": f"arn:aws:iam::{manifest.account}:role/terrarium-{manifest.environment}-job-execution",
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "4096"}],
            "environment": [
                {"name": "AWS_DEFAULT_REGION", "value": manifest.region},
                {"name": "TERRARIUM_ENVIRONMENT", "value": manifest.environment},
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": manifest.compute.log_group,
                    "awslogs-region": manifest.region,
                    "awslogs-stream-prefix": "job",
                },
            },
        },
    )
