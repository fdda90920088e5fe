"""Corrections of moto's compute environments, job queues and job definitions."""

import json
from collections.abc import Callable
from typing import Any

import moto.iam.models
from moto.batch.models import BatchBackend, ComputeEnvironment, JobDefinition, JobQueue
from moto.batch.responses import BatchResponse
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend

from terrarium_sandbox.patches import patch

__all__ = ["correct_batch", "time_limits_of"]

_SERVICE = "batch.amazonaws.com"
_ROLE = "AWSServiceRoleForBatch"


def correct_batch() -> None:
    """Correct the settings of compute environments, queues and job definitions that moto ignores."""
    _default_to_the_service_linked_role()
    _keep_changes_of_resources()
    _keep_update_policies()
    _keep_time_limits_of_queues()
    _enable_queues_by_default()
    _keep_scheduling_priorities()
    _return_node_properties()


def time_limits_of(queue: JobQueue) -> list[dict[str, Any]]:
    """Return `jobStateTimeLimitActions` of a queue: the actions on jobs that wait too long."""
    limits: list[dict[str, Any]] = vars(queue).get("time_limits", [])
    return limits


def _default_to_the_service_linked_role() -> None:
    """Use the service-linked role by default; AWS creates it in the account at first use."""
    patch(
        moto.iam.models,
        "SERVICE_NAME_CONVERSION",
        {**moto.iam.models.SERVICE_NAME_CONVERSION, "batch": "Batch"},
        reason="moto does not know the name of the service-linked role of Batch.",
    )
    create = BatchBackend.create_compute_environment

    def create_compute_environment(
        self: BatchBackend,
        compute_environment_name: str,
        _type: str,
        state: str | None,
        compute_resources: Any,  # None of unmanaged ones, against the types of moto
        service_role: str | None,
        tags: dict[str, str] | None = None,
    ) -> ComputeEnvironment:
        role = service_role or _service_linked_role(self.iam_backend)
        # ENABLED by default (Batch API model, CreateComputeEnvironmentRequest).
        environment = create(
            self,
            compute_environment_name,
            _type,
            state or "ENABLED",
            compute_resources and _with_security_groups(self, compute_resources),
            role,
            tags,
        )
        environment.compute_resources = compute_resources
        return environment

    patch(
        BatchBackend,
        "create_compute_environment",
        create_compute_environment,
        reason="moto requires a service role, a state and security groups; AWS uses the service-linked role, ENABLED "
        "and the groups of the launch template by default.",
    )


def _with_security_groups(batch: BatchBackend, resources: dict[str, Any]) -> dict[str, Any]:
    groups = resources.get("securityGroupIds") or _groups_of_launch_template(batch, resources)
    return {**resources, "securityGroupIds": groups}


def _groups_of_launch_template(batch: BatchBackend, resources: dict[str, Any]) -> list[str]:
    """Return the security groups of the interfaces in the launch template, which a pool can have instead of its own.

    Source: AWS Batch API Reference, ComputeResource, securityGroupIds.
    """
    template = resources.get("launchTemplate")
    if template is None:
        return []
    ec2 = batch.ec2_backend
    found = (
        ec2.get_launch_template(template["launchTemplateId"])
        if "launchTemplateId" in template
        else ec2.get_launch_template_by_name(template["launchTemplateName"])
    )
    version = template.get("version") or "$Default"
    number = {"$Default": found.default_version_number, "$Latest": found.latest_version_number}.get(
        version, version
    )
    data = found.get_version(int(number)).data
    return [group for interface in data.get("NetworkInterfaces", ()) for group in interface.get("Groups", ())]


def _service_linked_role(iam: IAMBackend) -> str:
    try:
        return iam.get_role(_ROLE).arn
    except NotFoundException:
        return iam.create_service_linked_role(_SERVICE, "Lets Batch manage instances", "").arn


def _keep_changes_of_resources() -> None:
    """Keep changes of `computeResources`; without them, Terraform would plan the same change again."""
    update = BatchBackend.update_compute_environment

    def update_compute_environment(
        self: BatchBackend,
        compute_environment_name: str,
        state: str | None,
        compute_resources: dict[str, Any] | None,
        service_role: str | None,
    ) -> tuple[str, str]:
        answer = update(self, compute_environment_name, state, compute_resources, service_role)
        environment = self.get_compute_environment(compute_environment_name)
        if environment is not None and compute_resources:
            environment.compute_resources = {**environment.compute_resources, **compute_resources}
        return answer

    patch(
        BatchBackend,
        "update_compute_environment",
        update_compute_environment,
        reason="moto ignores changes of computeResources.",
    )


def _keep_update_policies() -> None:
    """Keep the `updatePolicy` of a compute environment."""
    update = BatchResponse.updatecomputeenvironment
    describe = BatchBackend.describe_compute_environments

    def update_with_policy(self: BatchResponse) -> str:
        answer = update(self)
        policy = self._get_param("updatePolicy")
        environment = self.batch_backend.get_compute_environment(self._get_param("computeEnvironment"))
        if environment is not None and policy is not None:
            vars(environment)["update_policy"] = policy
        return answer

    def describe_with_policies(
        self: BatchBackend, environments: list[str] | None = None
    ) -> list[dict[str, Any]]:
        described = describe(self, environments)
        for each in described:
            policy = vars(self._compute_environments[each["computeEnvironmentArn"]]).get("update_policy")
            if policy is not None:
                each["updatePolicy"] = policy
        return described

    patch(BatchResponse, "updatecomputeenvironment", update_with_policy, reason="moto ignores updatePolicy.")
    patch(
        BatchBackend,
        "describe_compute_environments",
        describe_with_policies,
        reason="moto returns no updatePolicy.",
    )


def _keep_time_limits_of_queues() -> None:
    describe = JobQueue.describe

    def describe_with_limits(self: JobQueue) -> dict[str, Any]:
        return {**describe(self), "jobStateTimeLimitActions": time_limits_of(self)}

    patch(JobQueue, "describe", describe_with_limits, reason="moto returns no jobStateTimeLimitActions.")
    for operation, parameter in (("createjobqueue", "jobQueueName"), ("updatejobqueue", "jobQueue")):
        answer = getattr(BatchResponse, operation)
        patch(
            BatchResponse,
            operation,
            _keeping_limits(answer, parameter),
            reason="moto ignores jobStateTimeLimitActions.",
        )


def _keeping_limits(answer: Callable[[BatchResponse], str], parameter: str) -> Callable[[BatchResponse], str]:
    def keep(self: BatchResponse) -> str:
        result = answer(self)
        limits = self._get_param("jobStateTimeLimitActions")
        queue = self.batch_backend.get_job_queue(self._get_param(parameter))
        if queue is not None and limits is not None:
            vars(queue)["time_limits"] = limits
        return result

    return keep


def _enable_queues_by_default() -> None:
    """Enable queues without a state (Batch API model, CreateJobQueueRequest)."""
    create = BatchBackend.create_job_queue

    def create_job_queue(
        self: BatchBackend,
        queue_name: str,
        priority: str,
        schedule_policy: str | None,
        state: str | None,
        compute_env_order: list[dict[str, str]],
        tags: dict[str, str] | None = None,
    ) -> JobQueue:
        return create(
            self, queue_name, priority, schedule_policy, state or "ENABLED", compute_env_order, tags
        )

    patch(
        BatchBackend,
        "create_job_queue",
        create_job_queue,
        reason="moto requires a state; AWS uses ENABLED by default.",
    )


def _keep_scheduling_priorities() -> None:
    """Keep the `schedulingPriority` of job definitions."""
    register = BatchResponse.registerjobdefinition
    describe = JobDefinition.describe

    def register_with_priority(self: BatchResponse) -> str:
        answer = register(self)
        priority = self._get_param("schedulingPriority")
        definition = self.batch_backend.get_job_definition(json.loads(answer)["jobDefinitionArn"])
        if definition is not None and priority is not None:
            vars(definition)["scheduling_priority"] = priority
        return answer

    def describe_with_priority(self: JobDefinition) -> dict[str, Any]:
        priority = vars(self).get("scheduling_priority")
        return {**describe(self), **({} if priority is None else {"schedulingPriority": priority})}

    patch(
        BatchResponse,
        "registerjobdefinition",
        register_with_priority,
        reason="moto ignores schedulingPriority.",
    )
    patch(JobDefinition, "describe", describe_with_priority, reason="moto returns no schedulingPriority.")


def _return_node_properties() -> None:
    """Return `nodeProperties`; without them, Terraform would add them in every plan."""
    describe = JobDefinition.describe

    def describe_with_nodes(self: JobDefinition) -> dict[str, Any]:
        described = describe(self)
        if self.node_properties is None:
            return described
        described.pop("containerProperties", None)  # some of moto's are empty, some missing
        return {**described, "nodeProperties": self.node_properties}

    patch(JobDefinition, "describe", describe_with_nodes, reason="moto returns no nodeProperties.")
