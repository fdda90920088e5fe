"""The AWS services that code in the network calls, and the endpoints that lead to them.

The test of interface endpoints compares this table with the permissions of every role of jobs, instances, tasks and
notebooks.
"""

from collections.abc import Mapping
from typing import Final

from environments import Environment

__all__ = ["ENDPOINTS", "GATEWAY_ENDPOINTS", "WITHOUT_ENDPOINT", "endpoint_services"]

GATEWAY_ENDPOINTS: Final = ("s3", "dynamodb")
"""The services with gateway endpoints, which are free. Each network of the kit has both."""

ENDPOINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "athena": ("athena",),
    "batch": ("batch",),
    # Images are pulled from ecr.dkr, with tokens of ecr.api; their layers come from S3. Source: Amazon ECR User Guide,
    # "Amazon ECR interface VPC endpoints".
    "ecr": ("ecr.api", "ecr.dkr"),
    # The container agent of instances needs all three; Fargate needs none. Source: Amazon ECS Developer Guide, "Amazon
    # ECS interface VPC endpoints".
    "ecs": ("ecs", "ecs-agent", "ecs-telemetry"),
    "glue": ("glue",),
    "logs": ("logs",),
    "sagemaker": ("sagemaker.api",),
    "secretsmanager": ("secretsmanager",),
    "ssm": ("ssm",),
    "states": ("states",),
    "ssmmessages": ("ssmmessages",),
    "sts": ("sts",),
}
"""The interface endpoints of a service, by its prefix in IAM actions."""

WITHOUT_ENDPOINT: Final[Mapping[str, str]] = {
    "iam": "PassRole is a permission of other calls",
    "kms": "S3, DynamoDB, Parameter Store and Secrets Manager call it in the name of the role",
    "rds-db": "tokens are signed on the client, and the database is in the network",
}
"""Services in the permissions of roles that no code in the network calls, with the reason."""

_ALWAYS = ("batch", "ecr", "logs", "secretsmanager", "ssm", "sts")


def endpoint_services(config: Environment) -> tuple[str, ...]:
    """Return the names of the endpoints that the capabilities of an environment need, sorted."""
    prefixes = set(_ALWAYS)
    if any(pool.launch_type == "ec2" for pool in config.compute.pools):
        prefixes.add("ecs")  # for the container agent of instances
    if config.features.enabled:
        prefixes |= {"athena", "glue"}
    if config.tunnel.enabled:
        prefixes.add("ssmmessages")
    if config.workbench.enabled and config.workbench.users:
        prefixes.add("sagemaker")  # notebooks stop themselves
        if config.training_pipelines.enabled:
            prefixes.add("states")  # and start pipelines
    return tuple(sorted(name for prefix in prefixes for name in ENDPOINTS[prefix]))
