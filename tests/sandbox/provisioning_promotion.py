"""The roles by which models are promoted, as far as the sandbox needs them while IAM is not enforced."""

import json

import boto3

from terrarium.manifest import PlatformManifest

__all__ = ["create_promotion_roles", "source_role_arn"]

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


def source_role_arn(environment: str, account: str) -> str:
    """The role through which others read models of `environment`."""
    return f"arn:aws:iam::{account}:role/terrarium-{environment}-promotion-source"


def create_promotion_roles(manifest: PlatformManifest) -> dict[str, object]:
    """Make both, and return section `roles` of the manifest with them."""
    made = {
        role: boto3.client("iam").create_role(
            RoleName=f"terrarium-{manifest.environment}-{role}", AssumeRolePolicyDocument=json.dumps(_TRUST)
        )["Role"]["Arn"]
        for role in ("promotion", "promotion-source")
    }
    return manifest.roles.model_dump() | {
        "promotion_arn": made["promotion"],
        "promotion_source_arn": made["promotion-source"],
    }
