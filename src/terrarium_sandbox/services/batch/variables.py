"""Environment variables of a container, without those of the sandbox."""

import json
import logging
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.iam.exceptions import NotFoundException

from terrarium.errors import Error
from terrarium_sandbox.authorization.service_session import SessionCredentials, open_service_session
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.images import environment_of_image
from terrarium_sandbox.services.batch.job import Job
from terrarium_sandbox.services.batch.node_network import (
    NOWHERE,
    aws_is_reached,
    gateway_services,
    nodes_reach_each_other,
)

__all__ = ["ContainerNotStartedError", "variables_of"]

_SERVICE = "ecs-tasks.amazonaws.com"
_log = logging.getLogger(__name__)


class ContainerNotStartedError(Exception):
    """ECS cannot start a container; the message is that of ECS."""


def variables_of(sandbox: Sandbox, job: Job, node: int) -> dict[str, str]:
    """Return the environment variables of a container's process.

    Raises:
        ImageNotFoundError: The sandbox does not have the image.
        ContainerNotStartedError: A role cannot be assumed, or a secret cannot be read.
    """
    properties = job.containers[node].properties
    return {
        **environment_of_image(properties["image"]),
        **_of_the_sandbox(sandbox, job),
        **_of_ecs(job),
        **_of_batch(job, node),
        **{entry["name"]: entry["value"] for entry in properties.get("environment", [])},
        **_secrets(sandbox, job, properties),
        **_credentials(sandbox, properties.get("jobRoleArn")),
    }


def _of_the_sandbox(sandbox: Sandbox, job: Job) -> dict[str, str]:
    local = f"127.0.0.1,{NOWHERE}"
    found = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": sandbox.endpoint,
        "NO_PROXY": local,
        "PGSSLROOTCERT": str(sandbox.home.database_authority_file),
        "no_proxy": local,
    }
    if job.is_multi_node and not aws_is_reached(job):
        _log.warning("%s: its nodes have no public address and no other route to AWS", job.arn)
        found["AWS_ENDPOINT_URL"] = f"http://{NOWHERE}"
        for service in gateway_services(job):
            found[f"AWS_ENDPOINT_URL_{service.upper()}"] = sandbox.endpoint
    return found


def _of_ecs(job: Job) -> dict[str, str]:
    """Return the variables that ECS sets.

    Programs recognize ECS by `AWS_EXECUTION_ENV`. `ECS_CONTAINER_METADATA_URI_V4` is not set: the sandbox has no such
    endpoint. Source: Amazon ECS Developer Guide, "Amazon ECS environment variables" and "Task metadata endpoint".
    """
    return {
        "AWS_DEFAULT_REGION": job.region,
        "AWS_EXECUTION_ENV": f"AWS_ECS_{job.platform}",
        "AWS_REGION": job.region,
    }


def _of_batch(job: Job, node: int) -> dict[str, str]:
    """Return the variables that Batch sets (AWS Batch User Guide, "AWS Batch job environment variables")."""
    variables = {
        "AWS_BATCH_CE_NAME": (job.compute_environment or "").rpartition("/")[2],
        "AWS_BATCH_JOB_ATTEMPT": str(len(job.attempts) + 1),
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JQ_NAME": job.queue.rpartition("/")[2],
    }
    if job.array_index is not None:
        variables["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.array_index)
    if job.is_multi_node:
        variables |= {
            "AWS_BATCH_JOB_ID": f"{job.id}#{node}",
            "AWS_BATCH_JOB_MAIN_NODE_INDEX": str(job.main_node),
            "AWS_BATCH_JOB_NODE_INDEX": str(node),
            "AWS_BATCH_JOB_NUM_NODES": str(len(job.containers)),
        }
        if node != job.main_node:
            reached = nodes_reach_each_other(job)
            if not reached:
                _log.warning(
                    "%s: no security group of its compute environment allows its own members", job.arn
                )
            variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = "127.0.0.1" if reached else NOWHERE
    return variables


def _credentials(sandbox: Sandbox, role_arn: str | None) -> dict[str, str]:
    if role_arn is None:
        return {}
    session = _session(sandbox, role_arn)
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }


def _session(sandbox: Sandbox, role_arn: str) -> SessionCredentials:
    try:
        with sandbox.locks.holding("iam"), sandbox.locks.holding("sts"):
            return open_service_session(role_arn, service=_SERVICE)
    except (Error, NotFoundException) as error:
        raise ContainerNotStartedError(
            f"ECS was unable to assume the role '{role_arn}' that was provided for this task. "
            f"Please verify that the role being passed has the proper trust relationship ({error})"
        ) from error


def _secrets(sandbox: Sandbox, job: Job, properties: dict[str, Any]) -> dict[str, str]:
    wanted = properties.get("secrets", [])
    if not wanted:
        return {}
    role_arn = properties.get("executionRoleArn")
    if role_arn is None:
        raise ContainerNotStartedError("ResourceInitializationError: an execution role is needed for secrets")
    # By a request to the sandbox, as the execution role: IAM authorizes it when it is enforced.
    credentials = _session(sandbox, role_arn)
    session = boto3.Session(
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        region_name=job.region,
    )
    try:
        return {entry["name"]: _secret(session, sandbox.endpoint, entry["valueFrom"]) for entry in wanted}
    except (ClientError, KeyError, ValueError) as error:
        raise ContainerNotStartedError(
            f"ResourceInitializationError: unable to pull secrets or registry auth: {error}"
        ) from error


def _secret(session: boto3.Session, endpoint: str, source: str) -> str:
    """Return a parameter by name or ARN, or a secret by ARN with an optional `:json-key:version-stage:version-id`."""
    parts = source.split(":")
    if not source.startswith("arn:") or parts[2] == "ssm":
        ssm = session.client("ssm", endpoint_url=endpoint)
        name = source.partition(":parameter")[2] if source.startswith("arn:") else source
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    secrets = session.client("secretsmanager", endpoint_url=endpoint)
    key, stage, version = (*parts[7:10], "", "", "")[:3]
    parameters = {"SecretId": ":".join(parts[:7]), "VersionStage": stage, "VersionId": version}
    value = secrets.get_secret_value(**{name: text for name, text in parameters.items() if text})[
        "SecretString"
    ]
    return str(json.loads(value)[key]) if key else str(value)
