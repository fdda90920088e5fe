"""Jobs and their containers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from terrarium_sandbox.services.batch.retries import RetryStrategy

__all__ = ["BEFORE_STARTING", "FINISHED", "STATUSES", "UNDER_WAY", "Container", "Job"]

# In the order of a job's life, which ends in one of the last two.
STATUSES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
BEFORE_STARTING = frozenset({"SUBMITTED", "PENDING", "RUNNABLE"})
UNDER_WAY = frozenset({"STARTING", "RUNNING"})
FINISHED = frozenset({"SUCCEEDED", "FAILED"})


@dataclass
class Container:
    """One container of a job, and its state in the latest attempt.

    Attributes:
        properties: The properties in Batch's form, with the overrides.
        state: `exitCode`, `reason`, `logStreamName`, `taskArn`, `containerInstanceArn`, as far as they are known.
        overrides: Command and environment of the submission, which Batch sends to ECS.
    """

    properties: dict[str, Any]
    state: dict[str, Any] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)

    def resource(self, kind: str) -> float:
        """Return the amount of `VCPU` (cores), `MEMORY` (MiB) or `GPU` that it requires."""
        for requirement in self.properties.get("resourceRequirements", []):
            if requirement["type"] == kind:
                return float(requirement["value"])
        deprecated = {"VCPU": "vcpus", "MEMORY": "memory"}.get(kind)
        return float(self.properties.get(deprecated) or 0) if deprecated else 0.0


@dataclass(kw_only=True)
class Job:
    """A job. An array job and its children are separate jobs; the nodes of a multi-node job are containers of it.

    Times are in milliseconds since the epoch.

    Attributes:
        containers: One, or one per node; an array job has one, which its children run.
        platform: `EC2` or `FARGATE`, from `platformCapabilities` of its definition.
        main_node: The index of the container whose exit code decides the status of the job.
        array_size: The size of an array job.
        array_index: The index of a child of an array job.
        compute_environment: The ARN of its compute environment.
        hopeless_since: The time, by the sandbox's clock, since which no compute environment of its queue can run it.
        ending: The reason of the cancellation or termination.
        unfinished: The number of children of an array job that have not ended.
    """

    id: str
    name: str
    account: str
    region: str
    queue: str
    definition: str
    containers: list[Container]
    created_at: int
    main_node: int = 0
    platform: str = "EC2"
    node_properties: dict[str, Any] | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    retry: RetryStrategy = field(default_factory=RetryStrategy)
    timeout: int | None = None
    depends_on: list[dict[str, str]] = field(default_factory=list)
    share_identifier: str | None = None
    scheduling_priority: int | None = None
    propagate_tags: bool = False
    array_size: int | None = None
    array_index: int | None = None
    parent: str | None = None
    status: str = "SUBMITTED"
    status_reason: str | None = None
    started_at: int | None = None
    stopped_at: int | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    compute_environment: str | None = None
    hopeless_since: datetime | None = None
    ending: str | None = None
    unfinished: int = 0

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:batch:{self.region}:{self.account}:job/{self.id}"

    @property
    def is_multi_node(self) -> bool:
        """True if its containers are the nodes of one multi-node job."""
        return self.node_properties is not None

    @property
    def runs(self) -> bool:
        """True if the job has processes: an array job has only children."""
        return self.array_size is None

    @property
    def finished(self) -> bool:
        """True if the job has ended."""
        return self.status in FINISHED

    def resource(self, kind: str) -> float:
        """Return the amount of a resource that all its containers require together."""
        return sum(container.resource(kind) for container in self.containers)
