"""Training compute: Batch pools, what jobs run as, and where their images and logs are."""

from typing import Any, NamedTuple

from cdktf_cdktf_provider_aws.batch_job_definition import BatchJobDefinition
from cdktf_cdktf_provider_aws.batch_scheduling_policy import (
    BatchSchedulingPolicy,
    BatchSchedulingPolicyFairSharePolicy,
)
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from constructs import Construct

from environments.sections.compute import Compute as ComputeConfig
from modules.compute.compute_pool import ComputePool
from modules.compute.job_definition import multi_node_job_definition, single_node_job_definition
from modules.compute.job_permissions import JobPermissions
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_services
from modules.image_repository import ImageRepository
from modules.log_group import LogGroup
from modules.names import Limit, Names
from modules.network import Network
from modules.sdk_release import SdkRelease
from terrarium.manifest import BASE_IMAGE

__all__ = ["JobImage", "TrainingCompute"]


class JobImage(NamedTuple):
    """An image that jobs can run in, and the definitions that they are submitted with to do so.

    Attributes:
        name: What jobs call it.
        image: What containers call it.
        definition: Of jobs on one machine each.
        multi_node_definition: Of jobs of several, where a pool spans them.
    """

    name: str
    image: str
    definition: BatchJobDefinition
    multi_node_definition: BatchJobDefinition | None


class TrainingCompute(Construct):
    """Every pool of the environment, and every image that jobs can run in there.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The section `compute` of the environment's file.
        names: The names of the environment's resources.
        network: Where instances live.
        encryption: The key that encrypts disks, images and logs.
        boundary: Bounds the roles of instances and of the agent that starts containers.
        job: The role that code in jobs has.
        release: The release of the SDK that the base image contains.
        tags: The tags of instances and their disks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ComputeConfig,
        names: Names,
        network: Network,
        encryption: Encryption,
        boundary: PermissionsBoundary,
        job: Role,
        release: SdkRelease,
        tags: dict[str, str],
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._config = config
        self._names = names
        self.job = job
        self._release = release
        self.images = ImageRepository(
            self,
            "images",
            names=names,
            name="training",
            protected=config.protected,
            encryption=encryption,
        )
        self.logs = LogGroup(
            self,
            "logs",
            name=f"/terrarium/{names.environment}/jobs",
            retention_days=config.log_retention_days,
            encryption=encryption,
        )
        self._permissions = JobPermissions(config, names, log_group_arn=self.logs.arn)
        self.execution = self._execution_role(boundary)
        profile = self._instance_profile(boundary)
        policy = BatchSchedulingPolicy(
            self,
            "fair-share",
            name=names.physical("fair-share", limit=Limit.BATCH),
            # Jobs of users who used little in the last hours start before those of users who used much. Identifiers
            # without a weight of their own have weight 1 (AWS Batch API Reference, FairsharePolicy).
            fair_share_policy=BatchSchedulingPolicyFairSharePolicy(
                compute_reservation=10, share_decay_seconds=3600
            ),
        )
        self.pools: list[ComputePool] = []
        for pool in config.pools:
            self.pools.append(
                ComputePool(
                    self,
                    f"pool-{pool.name}",
                    names=names,
                    pool=pool,
                    tags=tags,
                    network=network,
                    encryption=encryption,
                    instance_profile_arn=profile.arn,
                    scheduling_policy_arn=policy.arn,
                    # The first compute environment of an account makes Batch's service-linked role: two at once
                    # would both try.
                    after=[first.compute_environment for first in self.pools[:1]],
                )
            )
        self.base = self._job_image(BASE_IMAGE, self.base_image)
        self.job_images = [
            self._job_image(name, self.images.reference(image)) for name, image in config.images.items()
        ]

    def grant_submit(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit jobs in every image to the pools, follow them, read their logs and end them."""
        return role.allow(f"{self._id}-submit", *self._permissions.submit())

    def grant_submit_all(self, role: Role) -> tuple[Statement, ...]:
        """Let the role of a service submit jobs as `grant_submit` does, with any tags, and end every job."""
        return role.allow(f"{self._id}-submit", *self._permissions.submit_all())

    def grant_submit_base(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit jobs in the base image, as `terrarium verify` does, and follow and end them."""
        return role.allow(f"{self._id}-submit-base", *self._permissions.submit_base())

    def grant_run(self, role: Role, *, job: str) -> tuple[Statement, ...]:
        """Let `role` submit an operator's job, such as the migration, follow it and read its log.

        Args:
            role: The role. It gets the rights of the job's role, since it can override the job's command.
            job: Name of the job; that of its definition follows.
        """
        return role.allow(f"{self._id}-run-{job}", *self._permissions.run(job))

    def _execution_role(self, boundary: PermissionsBoundary) -> Role:
        role = Role(
            self,
            "execution",
            names=self._names,
            name="job-execution",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=self._names),
            boundary=boundary,
        )
        self.images.grant_pull(role)
        self.images.grant_pull_others(role, images=tuple(self._config.images.values()))
        self.logs.grant_write(role)
        return role

    def _instance_profile(self, boundary: PermissionsBoundary) -> IamInstanceProfile:
        role = Role(
            self,
            "instance",
            names=self._names,
            name="instance",
            trust=trust_of_services("ec2.amazonaws.com", names=self._names, of_account=False),
            boundary=boundary,
        )
        # Batch makes an ECS cluster for each of its environments, and names it after that.
        clusters = ("AWSBatch-", "")
        role.allow(
            "container-agent",
            Statement(
                sid="Register",
                actions=(
                    "ecs:DeregisterContainerInstance",
                    "ecs:RegisterContainerInstance",
                    "ecs:SubmitAttachmentStateChanges",
                    "ecs:SubmitContainerStateChange",
                    "ecs:SubmitTaskStateChange",
                ),
                resources=tuple(
                    self._names.arn("ecs", f"cluster/{prefix}{self._names.pattern}") for prefix in clusters
                ),
            ),
            Statement(
                sid="Work",
                actions=("ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"),
                resources=tuple(
                    self._names.arn("ecs", f"container-instance/{prefix}{self._names.pattern}/*")
                    for prefix in clusters
                ),
            ),
            # Where ECS is to be found: asked before there is a cluster to name.
            Statement(sid="Find", actions=("ecs:DiscoverPollEndpoint",), resources=("*",)),
        )
        return IamInstanceProfile(
            self,
            "instance-profile",
            name=self._names.physical("instance", limit=Limit.IAM_ROLE),
            role=role.name,
        )

    @property
    def base_image(self) -> str:
        """The image that jobs run in unless they name another."""
        return f"{self.images.url}:{self._release.image_tag}"

    def container(
        self,
        *,
        command: list[str],
        job_role: Role,
        vcpus: int,
        memory_mib: int,
        image_name: str = BASE_IMAGE,
        image: str | None = None,
        loads_models: bool = True,
    ) -> dict[str, Any]:
        """The container of a job definition, in Batch's own form, with logs and roles in place.

        Args:
            command: What it runs.
            job_role: What it may do.
            vcpus: Cores as AWS counts them.
            memory_mib: MiB.
            image_name: What jobs call the image.
            image: What containers call it; omitted, the base image.
            loads_models: Whether its command may load models. Else MLflow refuses to: a model that somebody made would
                run code with the rights of `job_role`.
        """
        image = image or self.base_image
        known_as = {"TERRARIUM_IMAGE": image_name}
        if "@" in image:  # else the job asks ECS for the digest
            known_as["TERRARIUM_IMAGE_DIGEST"] = image.partition("@")[2]
        return {
            "image": image,
            "command": command,
            "jobRoleArn": job_role.arn,
            "executionRoleArn": self.execution.arn,
            "resourceRequirements": [
                {"type": "VCPU", "value": str(vcpus)},
                {"type": "MEMORY", "value": str(memory_mib)},
            ],
            "environment": [
                {"name": "AWS_DEFAULT_REGION", "value": self._names.region},
                {"name": "TERRARIUM_ENVIRONMENT", "value": self._names.environment},
                *({"name": name, "value": value} for name, value in known_as.items()),
                *(
                    []
                    if loads_models
                    else [{"name": "MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "value": "false"}]
                ),
            ],
            "privileged": False,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self.logs.name,
                    "awslogs-region": self._names.region,
                    "awslogs-stream-prefix": "job",
                },
            },
        }

    def _job_image(self, name: str, image: str) -> JobImage:
        container = self.container(
            command=["true"], job_role=self.job, vcpus=1, memory_mib=2048, image_name=name, image=image
        )
        # The base image's definitions have the names that they had when it was the only one.
        suffix = "" if name == BASE_IMAGE else f"-{name}"
        return JobImage(
            name,
            image,
            single_node_job_definition(
                self,
                f"job-definition{suffix}",
                names=self._names,
                name=f"job{suffix}",
                container=container,
                job_hours=self._config.job_hours,
            ),
            multi_node_job_definition(
                self,
                f"multi-node-job-definition{suffix}",
                names=self._names,
                name=f"multi-node-job{suffix}",
                container=container,
                job_hours=self._config.job_hours,
            )
            if self._config.spans_nodes
            else None,
        )
