"""A pool of training compute: a Batch compute environment that scales to zero, and its queue."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cdktf import Fn, ITerraformDependable, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.batch_compute_environment import (
    BatchComputeEnvironment,
    BatchComputeEnvironmentComputeResources,
    BatchComputeEnvironmentComputeResourcesEc2Configuration,
    BatchComputeEnvironmentComputeResourcesLaunchTemplate,
    BatchComputeEnvironmentUpdatePolicy,
)
from cdktf_cdktf_provider_aws.batch_job_definition import BatchJobDefinition
from cdktf_cdktf_provider_aws.batch_job_queue import (
    BatchJobQueue,
    BatchJobQueueComputeEnvironmentOrder,
    BatchJobQueueJobStateTimeLimitAction,
)
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateCapacityReservationSpecification,
    LaunchTemplateCapacityReservationSpecificationCapacityReservationTarget,
    LaunchTemplateMetadataOptions,
    LaunchTemplateNetworkInterfaces,
    LaunchTemplateTagSpecifications,
)
from cdktf_cdktf_provider_aws.placement_group import PlacementGroup
from constructs import Construct

from environments.sections.compute import Pool
from modules.compute.machine_image import image_or_parameter
from modules.compute.node_security_group import NodeSecurityGroup
from modules.compute.user_data import user_data
from modules.encryption import Encryption
from modules.names import Limit, Names
from modules.network import Network

__all__ = ["ComputePool", "JobDefinitions"]

# Status reasons of jobs that stay RUNNABLE until a time limit. Each becomes the reason of the cancellation.
# Source: AWS Batch API Reference, JobDetail, statusReason; AWS Batch User Guide, "Automatic remediation with
# jobStateTimeLimitActions": the values that ListJobs returns are those that can be set.
_BLOCKED = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
)

# Since 30 June 2026, Batch refuses new compute environments on Amazon Linux 2 (ECS_AL2, ECS_AL2_NVIDIA).
# Source: AWS Batch API Reference, Ec2Configuration, imageType.
_IMAGE_TYPES = {"none": "ECS_AL2023", "gpu": "ECS_AL2023_NVIDIA", "neuron": "ECS_AL2023"}

# Batch updates instance types, purchase, disks, images and subnets of a compute environment in place if it has the
# service-linked role and a strategy other than BEST_FIT (AWS Batch User Guide, "Updating compute environments").
# Provider 5.100.0 does so with these two strategies only, and replaces one with SPOT_PRICE_CAPACITY_OPTIMIZED.
_ALLOCATION = {
    "on-demand": ("EC2", "BEST_FIT_PROGRESSIVE"),
    "spot": ("SPOT", "SPOT_CAPACITY_OPTIMIZED"),
}
_FARGATE = {"on-demand": "FARGATE", "spot": "FARGATE_SPOT"}

# Minutes before Batch terminates running jobs and retries them on instances of the new configuration. The most that
# provider 5.100.0 accepts; Batch's default of 30 would interrupt most trainings.
_UPDATE_MINUTES = 360

# Resources that a launch template can tag. Source: Amazon EC2 API Reference, LaunchTemplateTagSpecificationRequest.
_TAGGED = ("instance", "volume", "network-interface")


class JobDefinitions(NamedTuple):
    """The job definitions of an image.

    Attributes:
        single_node: The definition of jobs that run on one instance or Fargate task each.
        multi_node: The definition of multi-node jobs, if pools run them.
    """

    single_node: BatchJobDefinition
    multi_node: BatchJobDefinition | None


class ComputePool(Construct):
    """A Batch compute environment that scales to zero, and its job queue.

    `job_definitions` has those that its jobs need instead of the common ones, by the name of the image:
    `modules/compute/pool_job_definitions.py` adds them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        pool: The section of the pool in the environment's file.
        tags: The tags of its instances and their disks.
        network: The network of its instances.
        encryption: The key that encrypts their disks.
        instance_profile_arn: The instance profile of its instances.
        scheduling_policy_arn: The fair-share policy of the queue.
        after: Resources that must exist before the compute environment.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        pool: Pool,
        tags: dict[str, str],
        network: Network,
        encryption: Encryption,
        instance_profile_arn: str,
        scheduling_policy_arn: str,
        after: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.pool = pool
        self.job_definitions: dict[str, JobDefinitions] = {}
        name = names.physical(pool.name, limit=Limit.BATCH)
        if pool.launch_type == "fargate":
            capacity = self._fargate(network)
        else:
            capacity = self._instances(
                name,
                tags={**tags, "Name": name},
                encryption=encryption,
                instance_profile_arn=instance_profile_arn,
                security_group_ids=self._security_groups(names, network),
                subnet_ids=self._subnets(network),
                placement_group=self._placement_group(names),
                proxy_variables=network.proxy_variables,
            )
        self.compute_environment = BatchComputeEnvironment(
            self,
            "environment",
            # Some changes replace the compute environment. Batch refuses to delete one that a queue refers to: the new
            # one is created first, under another name, and the queue is changed to it.
            compute_environment_name_prefix=f"{name}-",
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            type="MANAGED",
            **capacity,
            depends_on=list(after),
        )
        self.resource = BatchJobQueue(
            self,
            "queue",
            name=name,
            state="ENABLED",
            priority=1,
            scheduling_policy_arn=scheduling_policy_arn,
            compute_environment_order=[
                BatchJobQueueComputeEnvironmentOrder(
                    compute_environment=self.compute_environment.arn, order=1
                )
            ],
            job_state_time_limit_action=[
                BatchJobQueueJobStateTimeLimitAction(
                    action="CANCEL",
                    state="RUNNABLE",
                    reason=reason,
                    max_time_seconds=pool.runnable_minutes * 60,
                )
                for reason in _BLOCKED
            ],
        )

    @property
    def queue_arn(self) -> str:
        """The queue's ARN."""
        return self.resource.arn

    def _fargate(self, network: Network) -> dict[str, Any]:
        """Return the arguments of a compute environment on Fargate, which takes nothing about instances."""
        return {
            "compute_resources": BatchComputeEnvironmentComputeResources(
                type=_FARGATE[self.pool.purchase],
                max_vcpus=self.pool.maximum_vcpus,
                subnets=self._subnets(network),
                security_group_ids=[network.client_security_group_id],
            )
        }

    def _instances(
        self,
        name: str,
        *,
        tags: dict[str, str],
        encryption: Encryption,
        instance_profile_arn: str,
        security_group_ids: list[str],
        subnet_ids: list[str],
        placement_group: str | None,
        proxy_variables: Mapping[str, str],
    ) -> dict[str, Any]:
        """Return the arguments of a compute environment of EC2 instances."""
        pool = self.pool
        # Batch takes the groups of instances from the launch template if it has network interfaces.
        # Source: AWS Batch API Reference, ComputeResource, securityGroupIds.
        adapters = self._fabric_adapters(security_group_ids)
        template = self._launch_template(name, tags, encryption, proxy_variables, adapters)
        resource_type, allocation_strategy = _ALLOCATION[pool.purchase]
        return {
            "compute_resources": BatchComputeEnvironmentComputeResources(
                type=resource_type,
                allocation_strategy=allocation_strategy,
                min_vcpus=0,
                max_vcpus=pool.maximum_vcpus,
                instance_type=list(pool.instance_types),
                instance_role=instance_profile_arn,
                subnets=subnet_ids,
                security_group_ids=None if adapters else security_group_ids,
                placement_group=placement_group,
                ec2_configuration=[
                    BatchComputeEnvironmentComputeResourcesEc2Configuration(
                        image_type=_IMAGE_TYPES[pool.accelerator], image_id_override=self._ami()
                    )
                ],
                launch_template=BatchComputeEnvironmentComputeResourcesLaunchTemplate(
                    launch_template_id=template.id,
                    # With $Latest, a new version would have no effect: Terraform would see no change to update.
                    version=Token.as_string(template.latest_version),
                ),
                # Instances get these tags only, neither the provider's default tags nor those of the compute
                # environment.
                tags=tags,
            ),
            "update_policy": BatchComputeEnvironmentUpdatePolicy(
                job_execution_timeout_minutes=_UPDATE_MINUTES, terminate_jobs_on_update=False
            ),
        }

    def _ami(self) -> str | None:
        """Return the machine image, if it is not one that Batch chooses."""
        ami = image_or_parameter(self.pool)
        if ami is None or not ami.startswith("/"):
            return ami
        return DataAwsSsmParameter(self, "ami", name=ami).insecure_value

    def _subnets(self, network: Network) -> list[str]:
        zone = self.pool.zone
        if zone is None:
            if self.pool.interconnect == "standard":
                return network.compute_subnet_ids
            zone = 0
        # One reference to all subnets, if Terraform looks them up, has no items to take one from.
        if Token.is_unresolved(network.compute_subnet_ids):
            return [Token.as_string(Fn.element(network.compute_subnet_ids, zone))]
        return [network.compute_subnet_ids[zone]]

    def _placement_group(self, names: Names) -> str | None:
        if self.pool.interconnect == "standard":
            return None
        return PlacementGroup(
            self,
            "placement-group",
            name=names.physical(f"{self.pool.name}-nodes", limit=Limit.PLACEMENT_GROUP),
            strategy="cluster",
        ).name

    def _fabric_adapters(self, security_group_ids: list[str]) -> list[LaunchTemplateNetworkInterfaces] | None:
        """Return the network interfaces with an Elastic Fabric Adapter on each network card."""
        pool = self.pool
        if pool.interconnect != "efa":
            return None
        # A type with one card more than adapters has an ordinary interface on the first card.
        # Source: Amazon EC2 User Guide, "Maximize network bandwidth on EC2 instances with multiple network cards".
        ordinary = pool.network_cards - pool.efa_interfaces
        return [
            LaunchTemplateNetworkInterfaces(
                device_index=0 if card == 0 else 1,
                network_card_index=card,
                interface_type="interface" if card < ordinary else "efa",
                security_groups=security_group_ids,
                delete_on_termination="true",
            )
            for card in range(pool.network_cards)
        ]

    def _capacity_reservation(self) -> LaunchTemplateCapacityReservationSpecification | None:
        reservation = self.pool.capacity_reservation
        if reservation is None:
            return None
        is_group = reservation.startswith("arn:")
        return LaunchTemplateCapacityReservationSpecification(
            capacity_reservation_target=LaunchTemplateCapacityReservationSpecificationCapacityReservationTarget(
                capacity_reservation_id=None if is_group else reservation,
                capacity_reservation_resource_group_arn=reservation if is_group else None,
            )
        )

    def _security_groups(self, names: Names, network: Network) -> list[str]:
        groups = [network.client_security_group_id]
        if self.pool.nodes > 1:
            groups.append(
                network.node_security_group_id
                or NodeSecurityGroup(
                    self, "nodes", names=names, pool=self.pool.name, vpc_id=network.vpc_id
                ).resource.id
            )
        return groups

    def _launch_template(
        self,
        name: str,
        tags: dict[str, str],
        encryption: Encryption,
        proxy_variables: Mapping[str, str],
        interfaces: list[LaunchTemplateNetworkInterfaces] | None,
    ) -> LaunchTemplate:
        return LaunchTemplate(
            self,
            "template",
            name=name,
            update_default_version=True,
            network_interfaces=interfaces,
            capacity_reservation_specification=self._capacity_reservation(),
            user_data=user_data(self.pool.user_data, proxy_variables=proxy_variables),
            # With one hop, containers in bridge mode cannot reach the metadata service. Containers in host mode can:
            # the role of the instance has only the permissions of the container agent.
            metadata_options=LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            tag_specifications=[
                LaunchTemplateTagSpecifications(resource_type=kind, tags=tags) for kind in _TAGGED
            ],
            block_device_mappings=[
                LaunchTemplateBlockDeviceMappings(
                    device_name=self.pool.root_device,
                    ebs=LaunchTemplateBlockDeviceMappingsEbs(
                        encrypted="true",
                        kms_key_id=encryption.key_arn,
                        volume_size=self.pool.disk_gib,
                        volume_type="gp3",
                        delete_on_termination="true",
                    ),
                )
            ],
        )
