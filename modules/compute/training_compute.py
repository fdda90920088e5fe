"""Training compute on AWS Batch: pools, job definitions, roles, images and logs."""

from typing import Any, NamedTuple

from cdktf_cdktf_provider_aws.batch_job_definition import BatchJobDefinition
from cdktf_cdktf_provider_aws.batch_scheduling_policy import (
    BatchSchedulingPolicy,
    BatchSchedulingPolicyFairSharePolicy,
    BatchSchedulingPolicyFairSharePolicyShareDistribution,
)
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from constructs import Construct

from environments.sections.compute import Compute as ComputeConfig
from environments.sections.compute import Pool
from modules.compute.compute_pool import ComputePool, JobDefinitions
from modules.compute.job_definition import multi_node_job_definition, single_node_job_definition
from modules.compute.job_permissions import JobPermissions
from modules.compute.pool_job_definitions import container_in_pool, images_of_pool, pool_definition_name
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
from terrarium.manifest import BASE_IMAGE, Architecture, LaunchType, operations_pool

__all__ = ["JobImage", "TrainingCompute"]


class JobImage(NamedTuple):
    """An image that jobs can run in, and its job definitions.

    Attributes:
        name: The name by which jobs request it.
        image: The reference by which containers pull it.
        definition: The definition of jobs that run on one instance each.
        multi_node_definition: The definition of multi-node jobs, if a pool runs them.
    """

    name: str
    image: str
    definition: BatchJobDefinition
    multi_node_definition: BatchJobDefinition | None


class TrainingCompute(Construct):
    """The pools of the environment, and the images that jobs can run in.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The section `compute` of the environment's file.
        names: The names of the environment's resources.
        network: The network of the instances.
        encryption: The key that encrypts disks, images and logs.
        boundary: The permissions boundary of the roles of instances and of the agent that starts containers.
        job: The role of the code in jobs.
        release: The release of the SDK that the base image contains.
        tags: The tags of instances and their disks.
        public_addresses: Whether tasks on Fargate need a public address to reach AWS.
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
        public_addresses: bool,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._config = config
        self._names = names
        self._proxy_variables = network.proxy_variables
        self.job = job
        self._release = release
        self._public_addresses = public_addresses
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
            name=names.log_group("jobs"),
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
            # Users who used less compute in the last hours have priority. Share identifiers without a weight have
            # weight 1 (AWS Batch API Reference, FairsharePolicy).
            fair_share_policy=BatchSchedulingPolicyFairSharePolicy(
                compute_reservation=config.share_reservation,
                share_decay_seconds=config.share_decay_seconds,
                share_distribution=[
                    BatchSchedulingPolicyFairSharePolicyShareDistribution(
                        share_identifier=share, weight_factor=weight
                    )
                    for share, weight in config.share_weights.items()
                ]
                or None,
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
                    # The first compute environment of an account creates Batch's service-linked role: two at once
                    # would conflict.
                    after=[first.compute_environment for first in self.pools[:1]],
                )
            )
        self.base = self._job_image(BASE_IMAGE, self.base_image)
        self.job_images = [
            self._job_image(name, self.images.reference(image)) for name, image in config.images.items()
        ]
        for compute_pool in self.pools:
            self._add_definitions(compute_pool)

    def grant_submit(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit jobs in every image to the pools, describe and terminate them, and read their logs."""
        return role.allow(f"{self._id}-submit", *self._permissions.submit())

    def grant_submit_all(self, role: Role) -> tuple[Statement, ...]:
        """Let the role of a service submit jobs as `grant_submit` does, with any tags, and terminate every job."""
        return role.allow(f"{self._id}-submit", *self._permissions.submit_all())

    def grant_submit_base(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit jobs in the base image, as `terrarium verify` does, and describe and terminate them."""
        return role.allow(f"{self._id}-submit-base", *self._permissions.submit_base())

    def grant_run(self, role: Role, *, job: str) -> tuple[Statement, ...]:
        """Let `role` submit an operator's job, such as the migration, describe it and read its log.

        Args:
            role: The role. In effect it gets the permissions of the job's role, since it can override the command.
            job: The name of the job, which is also that of its definition.
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
            trust=trust_of_services(f"ec2.{self._names.dns_suffix}", names=self._names, of_account=False),
            boundary=boundary,
        )
        # Batch creates an ECS cluster for each compute environment, with a name that contains that of the environment.
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
            # The agent looks up the endpoint of ECS before it knows its cluster.
            Statement(sid="Find", actions=("ecs:DiscoverPollEndpoint",), resources=("*",)),
        )
        return IamInstanceProfile(
            self,
            "instance-profile",
            name=self._names.physical("instance", limit=Limit.IAM_ROLE),
            path=None if self._names.role_path == "/" else self._names.role_path,
            role=role.name,
        )

    @property
    def base_image(self) -> str:
        """The image of jobs that request no other, for x86."""
        return self._base_image_for("x86_64")

    @property
    def operations_pool(self) -> Pool:
        """The pool in which the jobs of operators run."""
        return operations_pool(self._config.pools)

    def architectures_of(self, image: str) -> tuple[Architecture, ...]:
        """Return the architectures that an image is built for."""
        return self._config.architectures_of_image(image)

    def _base_image_for(self, architecture: Architecture) -> str:
        return f"{self.images.url}:{self._release.image_tag_for(architecture)}"

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
        pool: Pool | None = None,
    ) -> dict[str, Any]:
        """Return the container properties of a job definition, as Batch's API expects them.

        Args:
            command: Its command.
            job_role: The role of its code.
            vcpus: Number of vCPUs.
            memory_mib: Memory in MiB.
            image_name: The name by which jobs request the image.
            image: The reference by which it is pulled. Defaults to the base image.
            loads_models: Whether its command may load models. If not, MLflow refuses to deserialize them: code of a
                model would run with the permissions of `job_role`.
            pool: The pool that it runs in, if that may need other settings than x86 instances.
        """
        image = image or self._base_image_for(pool.architecture if pool else "x86_64")
        known_as = {"TERRARIUM_IMAGE": image_name}
        if "@" in image:  # else the job gets the digest from ECS
            known_as["TERRARIUM_IMAGE_DIGEST"] = image.partition("@")[2]
        container = {
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
                *({"name": name, "value": value} for name, value in self._proxy_variables.items()),
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
        if pool is None:
            return container
        return container_in_pool(container, pool, public_addresses=self._public_addresses)

    def _add_definitions(self, compute_pool: ComputePool) -> None:
        """Add the job definitions that the jobs of a pool need instead of the common ones."""
        pool = compute_pool.pool
        for image in images_of_pool(self._config, pool):
            container = self.container(
                command=["true"],
                job_role=self.job,
                vcpus=1,
                memory_mib=2048,
                image_name=image,
                image=None if image == BASE_IMAGE else self.images.reference(self._config.images[image]),
                pool=pool,
            )
            name = pool_definition_name(pool.name, image)
            compute_pool.job_definitions[image] = self._definitions(
                compute_pool,
                suffix=f"-{image}",
                name=name,
                container=container,
                spans_nodes=pool.nodes > 1,
                launch_type=pool.launch_type,
            )

    def _job_image(self, name: str, image: str) -> JobImage:
        container = self.container(
            command=["true"], job_role=self.job, vcpus=1, memory_mib=2048, image_name=name, image=image
        )
        # The definitions of the base image have no suffix.
        suffix = "" if name == BASE_IMAGE else f"-{name}"
        definitions = self._definitions(
            self,
            suffix=suffix,
            name=f"job{suffix}",
            container=container,
            spans_nodes=self._config.spans_nodes,
        )
        return JobImage(name, image, *definitions)

    def _definitions(
        self,
        scope: Construct,
        *,
        suffix: str,
        name: str,
        container: dict[str, Any],
        spans_nodes: bool,
        launch_type: LaunchType = "ec2",
    ) -> JobDefinitions:
        """Create the definition of jobs on one node and, if jobs span nodes, that of multi-node jobs."""
        single_node = single_node_job_definition(
            scope,
            f"job-definition{suffix}",
            names=self._names,
            name=name,
            container=container,
            job_hours=self._config.job_hours,
            launch_type=launch_type,
        )
        if not spans_nodes:
            return JobDefinitions(single_node, None)
        return JobDefinitions(
            single_node,
            multi_node_job_definition(
                scope,
                f"multi-node-job-definition{suffix}",
                names=self._names,
                name=f"multi-node-{name}",
                container=container,
                job_hours=self._config.job_hours,
            ),
        )
