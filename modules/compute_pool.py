"""A pool of training compute: instances that come when a job waits and go when it is done."""

from cdktf_cdktf_provider_aws.batch_compute_environment import (
    BatchComputeEnvironment,
    BatchComputeEnvironmentComputeResources,
    BatchComputeEnvironmentComputeResourcesEc2Configuration,
    BatchComputeEnvironmentComputeResourcesLaunchTemplate,
)
from cdktf_cdktf_provider_aws.batch_job_queue import (
    BatchJobQueue,
    BatchJobQueueComputeEnvironmentOrder,
    BatchJobQueueJobStateTimeLimitAction,
)
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
)
from constructs import Construct

from environments import Environment
from environments.sections.compute import Pool
from modules.encryption import Encryption
from modules.names import Limit, physical_name
from modules.network import Network

__all__ = ["ComputePool"]

# What keeps a job in RUNNABLE for ever, in Batch's own words; each ends the job with a reason that can be read.
# Source: AWS Batch User Guide, "Resource-aware scheduling: job state time limits".
_HOPELESS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)

# Batch refuses new compute environments on Amazon Linux 2 (ECS_AL2, ECS_AL2_NVIDIA) since 30 June 2026.
# Source: AWS Batch API Reference, Ec2Configuration, imageType.
_IMAGE_TYPES = {"none": "ECS_AL2023", "gpu": "ECS_AL2023_NVIDIA"}


class ComputePool(Construct):
    """A Batch compute environment that scales to zero, and the queue in front of it.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        pool: The pool.
        network: Where its instances live.
        encryption: The key that encrypts their disks.
        instance_profile_arn: What the instances may do.
        scheduling_policy_arn: How users of the queue share it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        pool: Pool,
        network: Network,
        encryption: Encryption,
        instance_profile_arn: str,
        scheduling_policy_arn: str,
    ) -> None:
        super().__init__(scope, id)
        self.pool = pool
        name = physical_name(config, pool.name, limit=Limit.BATCH)
        template = self._launch_template(name, encryption)
        self.compute_environment = BatchComputeEnvironment(
            self,
            "environment",
            compute_environment_name=name,
            type="MANAGED",
            compute_resources=BatchComputeEnvironmentComputeResources(
                type="SPOT" if pool.purchase == "spot" else "EC2",
                allocation_strategy=(
                    "SPOT_PRICE_CAPACITY_OPTIMIZED" if pool.purchase == "spot" else "BEST_FIT_PROGRESSIVE"
                ),
                min_vcpus=0,
                max_vcpus=pool.maximum_vcpus,
                instance_type=list(pool.instance_types),
                instance_role=instance_profile_arn,
                subnets=network.compute_subnet_ids,
                security_group_ids=[network.client_security_group_id],
                ec2_configuration=[
                    BatchComputeEnvironmentComputeResourcesEc2Configuration(
                        image_type=_IMAGE_TYPES[pool.accelerator]
                    )
                ],
                launch_template=BatchComputeEnvironmentComputeResourcesLaunchTemplate(
                    launch_template_id=template.id, version="$Latest"
                ),
                tags={"Name": name},
            ),
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
                for reason in _HOPELESS
            ],
        )

    @property
    def queue_arn(self) -> str:
        """The queue's ARN."""
        return self.resource.arn

    def _launch_template(self, name: str, encryption: Encryption) -> LaunchTemplate:
        return LaunchTemplate(
            self,
            "template",
            name=name,
            update_default_version=True,
            # One hop: containers get their credentials from ECS, and have no business with the instance's.
            metadata_options=LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                LaunchTemplateBlockDeviceMappings(
                    device_name="/dev/xvda",
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
