"""ECS: tasks on Fargate whose containers have no memory limit; no task runs, and all are STOPPED."""

import copy
from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskDefinition

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]

_NOT_RUN = "the sandbox runs no tasks of ECS; programs of this machine reach its databases directly"
_MEMORY = frozenset({"Memory", "MemoryReservation", "memory", "memoryReservation"})


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's ECS."""
    _count_containers_without_memory()
    _stop_tasks_at_once()


def _count_containers_without_memory() -> None:
    """Accept a memory limit of the task alone, which is enough on Fargate (ECS API model, RegisterTaskDefinition)."""
    calculate = EC2ContainerServiceBackend._calculate_task_resource_requirements

    def calculate_with_defaults(task_definition: TaskDefinition) -> dict[str, Any]:
        counted = copy.copy(task_definition)
        counted.container_definitions = [
            container if _MEMORY & container.keys() else {**container, "memory": 0}
            for container in task_definition.container_definitions
        ]
        return calculate(counted)

    patch(
        EC2ContainerServiceBackend,
        "_calculate_task_resource_requirements",
        staticmethod(calculate_with_defaults),
        reason="moto fails for containers without memory; on Fargate the memory of the task is enough.",
    )


def _stop_tasks_at_once() -> None:
    """Stop tasks at once: a client would wait for an agent that never connects."""
    run = EC2ContainerServiceBackend.run_task

    def run_and_stop(self: EC2ContainerServiceBackend, *given: Any, **named: Any) -> list[Task]:
        try:
            tasks = run(self, *given, **named)
        except Exception as error:
            if "No instances found" not in str(error):
                raise
            # moto raises a plain Exception.
            raise InvalidParameterException("No Container Instances were found in your cluster.") from error
        for task in tasks:
            task.desired_status = task.last_status = "STOPPED"
            task.stopped_reason = _NOT_RUN
        return tasks

    patch(
        EC2ContainerServiceBackend,
        "run_task",
        run_and_stop,
        reason="moto reports tasks as RUNNING without a process; the sandbox reports them as STOPPED.",
    )
