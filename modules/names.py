"""Physical names: one rule, which knows the length limits.

A name is contract: changing one replaces the resource, and a stateful one with all it holds.
"""

import hashlib
from enum import IntEnum

from environments import Environment

__all__ = [
    "Limit",
    "arn",
    "global_name",
    "name_pattern",
    "physical_name",
    "state_bucket_name",
    "trail_arn",
    "trail_name",
]

_DIGEST_LENGTH = 8


class Limit(IntEnum):
    """The longest name that AWS takes, in characters, by what is named."""

    ALARM = 255
    ATHENA_WORKGROUP = 128
    BATCH = 128
    BUDGET = 100
    DASHBOARD = 255
    DYNAMODB_TABLE = 255
    ECR_REPOSITORY = 256
    ECS = 255
    EVENT_RULE = 64
    GLUE_DATABASE = 252
    LOG_GROUP = 480
    SAGEMAKER = 63
    SCHEDULE = 64
    SNS_TOPIC = 256
    SQS_QUEUE = 80
    STATE_MACHINE = 80
    S3_BUCKET = 63
    IAM_ROLE = 64
    IAM_POLICY = 128
    RDS_IDENTIFIER = 63
    SECURITY_GROUP = 255
    KMS_ALIAS = 256
    TAG_VALUE = 256
    TRAIL = 128
    SSM_PARAMETER = 1011


def physical_name(environment: Environment, part: str, *, limit: Limit) -> str:
    """`terrarium-<environment>-<part>`, cut to `limit` with a digest of the whole where it is longer."""
    return _cut(f"terrarium-{environment.name}-{part}", limit)


def global_name(environment: Environment, part: str, *, limit: Limit) -> str:
    """A physical name for what all AWS accounts share, such as bucket names: with the account in it."""
    return _cut(f"terrarium-{environment.name}-{part}-{environment.account}", limit)


def state_bucket_name(environment: Environment) -> str:
    """The bucket of Terraform's own state, which lies outside of every stack."""
    return global_name(environment, "state", limit=Limit.S3_BUCKET)


def trail_name(environment: Environment) -> str:
    """The audit trail."""
    return physical_name(environment, "audit", limit=Limit.TRAIL)


def trail_arn(environment: Environment) -> str:
    """The audit trail's ARN, known before it exists: its key and its bucket let in no other trail."""
    return arn(environment, "cloudtrail", f"trail/{trail_name(environment)}")


def name_pattern(environment: Environment) -> str:
    """The pattern that every physical name of the environment matches, for IAM resources."""
    return f"terrarium-{environment.name}-*"


def arn(environment: Environment, service: str, resource: str, *, regional: bool = True) -> str:
    """The ARN of a resource of the environment's account, in its region unless the service is global."""
    region = environment.region if regional else ""
    return f"arn:aws:{service}:{region}:{environment.account}:{resource}"


def _cut(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: limit - _DIGEST_LENGTH - 1].rstrip('-')}-{digest}"
