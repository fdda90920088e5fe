"""A pipeline deployed with boto3, as `modules/pipelines/training_pipelines.py` deploys it."""

import re
import subprocess
from pathlib import Path

import boto3

import terrarium
from terrarium.aws import Session
from terrarium.connection import Connection
from terrarium.lab import Lab
from terrarium.manifest import PlatformManifest
from tests.support.state_machines import role_of

__all__ = ["commit", "deploy", "redeploy"]


def deploy(manifest: PlatformManifest, pipeline: terrarium.Pipeline) -> Lab:
    """Create the state machine of a pipeline; return the environment with it."""
    arn = boto3.client("stepfunctions").create_state_machine(
        name=pipeline.name,
        definition=_definition(manifest, pipeline),
        roleArn=role_of("states", f"pipeline-{pipeline.name}"),
    )["stateMachineArn"]
    pipelines = manifest.pipelines.model_copy(
        update={"names": (pipeline.name,), "state_machine_prefix": arn.removesuffix(pipeline.name)}
    )
    return Lab(Connection(manifest.model_copy(update={"pipelines_or_none": pipelines}), Session()))


def redeploy(lab: Lab, pipeline: terrarium.Pipeline) -> None:
    """Replace the definition of a deployed pipeline by what it compiles to now."""
    boto3.client("stepfunctions").update_state_machine(
        stateMachineArn=lab.manifest.pipelines.state_machine_arn(pipeline.name),
        definition=_definition(lab.manifest, pipeline),
    )


def _definition(manifest: PlatformManifest, pipeline: terrarium.Pipeline) -> str:
    values = {
        "artifacts_bucket": manifest.artifacts.bucket,
        "artifacts_prefix": manifest.artifacts.artifacts_prefix,
        "default_queue_arn": manifest.compute.pools[0].queue_arn,
        "environment": manifest.environment,
        "job_definition_arn": manifest.compute.job_definition_arn,
    }
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], pipeline.compile())


def commit(folder: Path) -> None:
    """Make a folder a git repository that holds what is in it."""
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "all"),
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
