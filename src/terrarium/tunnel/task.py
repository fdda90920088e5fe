"""Task in the environment's network that a tunnel connects to; it runs as long as the tunnel is open."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from terrarium.aws import Session, translate_errors
from terrarium.errors import Error
from terrarium.manifest import PlatformManifest

__all__ = ["running_task"]

_PATIENCE = 300  # s: pulling the image is most of it
_LOOK_EVERY = 3  # s


@contextmanager
def running_task(manifest: PlatformManifest, *, session: Session) -> Iterator[str]:
    """Start a task, yield its target id for Session Manager, and stop it at the end of the block.

    Raises:
        Error: The task does not start; the message has the reason from ECS.
    """
    tunnel = manifest.tunnel
    ecs = session.client("ecs")
    with translate_errors(f"start the tunnel of {manifest.environment!r}"):
        started = ecs.run_task(
            cluster=tunnel.cluster_arn,
            taskDefinition=tunnel.task_definition_arn,
            launchType="FARGATE",
            enableExecuteCommand=True,
            propagateTags="TASK_DEFINITION",  # the tags that costs are read by
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": list(tunnel.subnet_ids),
                    "securityGroups": [tunnel.security_group_id],
                    "assignPublicIp": "ENABLED" if tunnel.public_address else "DISABLED",
                }
            },
        )
    if not started["tasks"]:
        raise _not_up(manifest, "; ".join(failure["reason"] for failure in started["failures"]))
    task = started["tasks"][0]["taskArn"]
    try:
        yield _target(manifest, _wait_until_reachable(ecs, manifest, task))
    finally:
        ecs.stop_task(cluster=tunnel.cluster_arn, task=task, reason="the tunnel was closed")


def _wait_until_reachable(ecs: Any, manifest: PlatformManifest, task_arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        task: dict[str, Any] = ecs.describe_tasks(cluster=manifest.tunnel.cluster_arn, tasks=[task_arn])[
            "tasks"
        ][0]
        if task["lastStatus"] == "STOPPED":
            raise _not_up(manifest, task.get("stoppedReason", "it stopped"))
        agents = [agent for container in task["containers"] for agent in container.get("managedAgents", ())]
        if any(agent["lastStatus"] == "RUNNING" for agent in agents):
            return task
        time.sleep(_LOOK_EVERY)
    raise _not_up(manifest, f"it was not reachable within {_PATIENCE} s")


def _target(manifest: PlatformManifest, task: dict[str, Any]) -> str:
    cluster = manifest.tunnel.cluster_arn.rpartition("/")[2]
    return f"ecs:{cluster}_{task['taskArn'].rpartition('/')[2]}_{task['containers'][0]['runtimeId']}"


def _not_up(manifest: PlatformManifest, reason: str) -> Error:
    return Error(
        f"the tunnel's task in {manifest.environment!r} did not start: {reason}",
        remedy="check that the training repository has the base image (`terrarium images push`), and that the "
        "network reaches AWS services (network.egress in the environment's file is not `none`)",
    )
