"""Compute: time limits, pinned images, instance metadata, privileges, access to the host and changes of pools."""

import json
import re
from collections.abc import Iterator
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack, blocks_of

__all__ = ["POLICIES", "containers"]

# Accelerators and Elastic Fabric Adapters: containers get them as devices. Source: Amazon ECS Developer Guide, "Amazon
# ECS task definitions for AWS Neuron machine learning workloads"; AWS Batch User Guide, "Elastic Fabric Adapter".
_DEVICE = re.compile(r"/dev/(neuron|infiniband/uverbs)\d+")
# Strategies with which the provider updates a pool in place. Source: 5.100.0, isUpdatableAllocationStrategy.
_UPDATABLE = {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED"}


def containers(stack: Stack) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield every container of job and task definitions, with its properties as Batch or ECS name them."""
    for job in stack.resources("aws_batch_job_definition"):
        for properties in _container_properties(job):
            yield job, properties
    for task in stack.resources("aws_ecs_task_definition"):
        for container in json.loads(task.attributes.get("container_definitions", "[]")):
            yield task, container


def _container_properties(job: Resource) -> Iterator[dict[str, Any]]:
    if document := job.document("container_properties"):
        yield document
    yield from _of_tasks(job.document("ecs_properties"))
    for node in job.document("node_properties").get("nodeRangeProperties", []):
        if "container" in node:
            yield node["container"]
        yield from _of_tasks(node.get("ecsProperties", {}))
    for pod in job.blocks("eks_properties", "pod_properties"):
        for container in blocks_of(pod.get("containers")):
            privileged = any(one.get("privileged") for one in blocks_of(container.get("security_context")))
            environment = [
                {"name": one, "value": value} for one, value in (container.get("env") or {}).items()
            ]
            yield {**container, "privileged": privileged, "environment": environment}


def _of_tasks(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the containers of tasks; volumes and shared processes belong to the task."""
    for task in properties.get("taskProperties", []):
        shared = {key: task[key] for key in ("volumes", "pidMode", "ipcMode") if key in task}
        for container in task.get("containers", []):
            yield {**shared, **container}


def _endless_jobs(stack: Stack) -> Iterator[Violation]:
    for queue in stack.resources("aws_batch_job_queue"):
        limits = queue.blocks("job_state_time_limit_action")
        if not any(
            limit.get("state") == "RUNNABLE" and (limit.get("max_time_seconds") or 0) > 0 for limit in limits
        ):
            yield Violation(queue, "a job that cannot start waits without limit")
    for job in stack.resources("aws_batch_job_definition"):
        if not any(block.get("attempt_duration_seconds") for block in job.blocks("timeout")):
            yield Violation(job, "a job that hangs runs, and costs money, without limit")


def _first_metadata_version(stack: Stack) -> Iterator[Violation]:
    for machine in stack.resources("aws_launch_template", "aws_launch_configuration", "aws_instance"):
        options = machine.blocks("metadata_options")
        if not any(
            option.get("http_tokens") == "required" or option.get("http_endpoint") == "disabled"
            for option in options
        ):
            yield Violation(machine, "a request forgery can read the credentials of its instances")
        # Without a value, the image decides, and Amazon Linux 2023 says 2. Source: Amazon EC2 User Guide, "Configure
        # instance metadata options for new instances".
        if any(
            option.get("http_put_response_hop_limit") != 1 and option.get("http_endpoint") != "disabled"
            for option in options
        ):
            yield Violation(machine, "containers can read the credentials of the instance that they run on")
    for environment in stack.resources("aws_batch_compute_environment"):
        for resources in environment.blocks("compute_resources"):
            own_machines = str(resources.get("type")) in {"EC2", "SPOT"}
            if own_machines and not resources.get("launch_template"):
                yield Violation(
                    environment, "its instances have no launch template, which would restrict their metadata"
                )
    for notebook in stack.resources("aws_sagemaker_notebook_instance"):
        blocks = notebook.blocks("instance_metadata_service_configuration")
        if not any(str(block.get("minimum_instance_metadata_service_version")) == "2" for block in blocks):
            yield Violation(
                notebook, "a request forgery in the notebook can read the credentials of its role"
            )


def _moving_images(stack: Stack) -> Iterator[Violation]:
    for resource, container in containers(stack):
        image = str(container.get("image", ""))
        if "@sha256:" in image:
            continue
        tag = _tag_of_own(image, stack)
        if tag is None:
            yield Violation(
                resource, f"the image {image!r} is from another repository, and not pinned by digest"
            )
        elif tag in {"", "latest"}:
            yield Violation(resource, f"the image {image!r} can change: its tag is not fixed")
    for repository in stack.resources("aws_ecr_repository"):
        if repository.attributes.get("image_tag_mutability") != "IMMUTABLE":
            yield Violation(repository, "a tag can be moved to another image after it was tested")


def _tag_of_own(image: str, stack: Stack) -> str | None:
    """Return the tag of an image in a repository of the stack; empty without a tag, None for other repositories."""
    for repository in stack.resources("aws_ecr_repository"):
        for url in (f"${{{repository.address}.repository_url}}", repository.attributes.get("repository_url")):
            if url and image.partition(url)[:2] == ("", url):
                return image.removeprefix(url).removeprefix(":")
    return None


def _privileged_containers(stack: Stack) -> Iterator[Violation]:
    for resource, container in containers(stack):
        if container.get("privileged"):
            yield Violation(resource, "its container has root privileges on the instance")
        added = ((container.get("linuxParameters") or {}).get("capabilities") or {}).get("add") or []
        if added:
            yield Violation(resource, f"its container has capabilities of the kernel: {', '.join(added)}")
    for notebook in stack.resources("aws_sagemaker_notebook_instance"):
        if notebook.attributes.get("root_access") != "Disabled":
            yield Violation(notebook, "users of the notebook have root access, and can disable its idle stop")


def _host_access(stack: Stack) -> Iterator[Violation]:
    for resource, container in containers(stack):
        for volume in container.get("volumes", []):
            path = _host_path(volume)
            if path:
                yield Violation(
                    resource,
                    f"its container can access {path} of the instance, and so the files of other jobs",
                )
        if "host" in {container.get("pidMode"), container.get("ipcMode")}:
            yield Violation(resource, "its containers share the processes or the memory of the instance")
        devices = (container.get("linuxParameters") or {}).get("devices") or []
        if not all(_DEVICE.fullmatch(str(device.get("hostPath"))) for device in devices):
            yield Violation(resource, "its container uses devices of the instance")
    for task in stack.resources("aws_ecs_task_definition"):
        for volume in task.blocks("volume"):
            if volume.get("host_path"):
                yield Violation(task, f"its containers can access {volume['host_path']} of the instance")
        if "host" in {task.attributes.get(mode) for mode in ("network_mode", "pid_mode", "ipc_mode")}:
            yield Violation(
                task, "its containers share the network, the processes or the memory of the instance"
            )
    for job in stack.resources("aws_batch_job_definition"):
        for pod in job.blocks("eks_properties", "pod_properties"):
            paths = [
                path["path"]
                for one in blocks_of(pod.get("volumes"))
                for path in blocks_of(one.get("host_path"))
            ]
            if paths:
                yield Violation(job, f"its container can access {', '.join(paths)} of the instance")
            if pod.get("host_network"):
                yield Violation(job, "its containers share the network of the instance")


def _host_path(volume: dict[str, Any]) -> str | None:
    path = (volume.get("host") or {}).get("sourcePath")
    return str(path) if path else None


def _pools_that_cannot_change(stack: Stack) -> Iterator[Violation]:
    for environment in stack.resources("aws_batch_compute_environment"):
        resources = [block for block in environment.blocks("compute_resources") if isinstance(block, dict)]
        replaced_first = any(
            block.get("create_before_destroy") for block in environment.blocks("lifecycle")
        ) and environment.attributes.get("compute_environment_name_prefix")
        if not replaced_first:
            yield Violation(
                environment,
                "its replacement fails and leaves it disabled: Batch does not delete a pool that a queue uses",
            )
        for block in resources:
            strategy = block.get("allocation_strategy")
            on_fargate = str(block.get("type")).startswith("FARGATE")  # always updated in place
            if strategy not in _UPDATABLE and not on_fargate:
                yield Violation(environment, f"every change replaces it, because its strategy is {strategy}")
            for template in blocks_of(block.get("launch_template")):
                if template.get("version") in {None, "$Default", "$Latest"}:
                    yield Violation(
                        environment, "its instances do not get new versions of its launch template"
                    )


POLICIES = (
    Policy(
        "pool-change",
        "A pool is updated in place, or replaced after its queue uses the new one",
        "set create_before_destroy, a name prefix, a strategy that Batch can update, and the version of the launch "
        "template, as modules/compute/compute_pool.py does",
        _pools_that_cannot_change,
    ),
    Policy(
        "job-time-limit",
        "Waiting and running jobs have a time limit",
        "set job_state_time_limit_action for RUNNABLE in queues, and a timeout in job definitions",
        _endless_jobs,
    ),
    Policy(
        "instance-metadata",
        "Instance metadata needs version 2 (session tokens), and containers cannot read it",
        'set http_tokens="required" and http_put_response_hop_limit=1',
        _first_metadata_version,
    ),
    Policy(
        "pinned-image",
        "Images are pinned: by digest, or by an immutable tag of the environment's own repository",
        "use a digest, or a tag other than `latest` of an IMMUTABLE repository of the stack",
        _moving_images,
    ),
    Policy(
        "privileged-container",
        "No container or notebook has root privileges on its machine",
        "leave out `privileged`, and set root_access to Disabled",
        _privileged_containers,
    ),
    Policy(
        "host-access",
        "No container can access the instance that it runs on",
        "store files in the artifact bucket; remove host volumes, devices and host networking",
        _host_access,
    ),
)
