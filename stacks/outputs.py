"""Terraform outputs of an environment, for other stacks and for `terrarium plan`."""

from collections.abc import Iterable

from cdktf import TerraformOutput, TerraformResource, TerraformStack

from environments import Environment
from modules.alarms import Alarms
from modules.bucket import Bucket
from modules.extensions import Extension
from modules.feature_store import FeatureStore
from modules.image_repository import ImageRepository
from modules.names import Names
from stacks.capabilities import Capabilities
from stacks.output_names import CONFIGURATION
from stacks.refused_changes import RefusedChanges
from terrarium.manifest import manifest_parameter

__all__ = ["write_outputs"]


def write_outputs(
    stack: TerraformStack,
    *,
    names: Names,
    config: Environment,
    capabilities: Capabilities,
    alarms: Alarms,
    after: TerraformResource,
    extensions: Iterable[Extension] = (),
) -> None:
    """Write the outputs of an environment. Their names are contract: other stacks read them.

    Args:
        stack: The stack of the environment.
        names: The names of the environment's resources.
        config: The environment.
        capabilities: Its constructs.
        alarms: Its alarms.
        after: The last resource of a deployment: until it is done, the configuration is not that of the file.
        extensions: Its extensions, each of which has an output of its own.
    """
    for name, (description, value) in _outputs(config, capabilities, alarms).items():
        TerraformOutput(stack, name, description=description, value=value)
    for extension in extensions:
        if extension.outputs:
            name = extension.extension_name
            TerraformOutput(
                stack,
                f"extension_{name.replace('-', '_')}",
                description=f"The values of the extension {name}",
                value=dict(extension.outputs),
            )
    # Without None, which the framework leaves out of objects.
    configuration = config.model_dump(mode="json", exclude_none=True)
    output = TerraformOutput(
        stack,
        CONFIGURATION,
        description="The configuration as deployed: the file with its tier's defaults, without fields that are none",
        value=configuration,
    )
    # The framework writes `depends_on` of outputs as expressions, which Terraform refuses.
    output.add_override("depends_on", [f"{after.terraform_resource_type}.{after.friendly_unique_id}"])
    RefusedChanges(stack, "refused-changes", names=names, configuration=output, value=configuration)


def _outputs(
    config: Environment, capabilities: Capabilities, alarms: Alarms
) -> dict[str, tuple[str, str | list[str] | dict[str, str]]]:
    network, metadata, features = capabilities.network, capabilities.metadata, capabilities.features
    compute, registry, pipelines = capabilities.compute, capabilities.registry, capabilities.pipelines
    buckets: dict[str, Bucket] = {"artifacts": capabilities.artifacts}
    repositories: dict[str, ImageRepository] = {"training": compute.images}
    if features is not None:
        buckets |= {"warehouse": features.warehouse, "query_results": features.query_results}
    if registry is not None:
        buckets["models"] = registry.bucket
        repositories["serving"] = registry.images
    return {
        "vpc_id": ("The VPC", network.vpc_id),
        "private_subnet_ids": (
            "The private subnets, one for each availability zone",
            network.private_subnet_ids,
        ),
        "client_security_group_id": (
            "The security group whose members may connect to the metadata database",
            network.client_security_group_id,
        ),
        "key_arn": (
            "The KMS key that encrypts everything in the environment",
            capabilities.encryption.key_arn,
        ),
        "bucket_names": ("The buckets, by purpose", {name: one.name for name, one in buckets.items()}),
        "bucket_arns": (
            "The ARNs of the buckets, by purpose",
            {name: one.arn for name, one in buckets.items()},
        ),
        "database_cluster_arn": ("The cluster of the metadata database", metadata.resource.arn),
        "database_endpoint": (
            "The host name of the metadata database's writer",
            metadata.resource.endpoint,
        ),
        **(_feature_outputs(features) if features else {}),
        "job_queue_arns": (
            "The job queues, by pool",
            {pool.pool.name: pool.queue_arn for pool in compute.pools},
        ),
        "image_repository_urls": (
            "The repositories of job images and of serving images",
            {name: one.url for name, one in repositories.items()},
        ),
        "state_machine_arns": (
            "The state machines of pipelines, by pipeline",
            {name: one.arn for name, one in (pipelines.state_machines if pipelines else {}).items()},
        ),
        "role_arns": ("The roles, by name", _roles(capabilities)),
        "alarm_topic_arn": ("The SNS topic that alarms notify", alarms.topic_arn),
        "manifest_parameter": (
            "The SSM parameter that `terrarium.connect` reads",
            manifest_parameter(config.name),
        ),
    }


def _feature_outputs(features: FeatureStore) -> dict[str, tuple[str, str]]:
    return {
        "catalog_database": ("The Glue database of datasets and features", features.database.name),
        "workgroup": ("The Athena workgroup", features.workgroup.name),
        "online_table_arn": ("The DynamoDB table of online features", features.online_table.arn),
    }


def _roles(capabilities: Capabilities) -> dict[str, str]:
    access = capabilities.access
    roles = {
        "scientist": access.scientist,
        "job": access.job,
        **({"notebook": access.notebook} if access.notebook else {}),
        "ci_plan": access.delivery.plan,
        "ci_deploy": access.delivery.deploy,
    }
    if capabilities.promotion:
        roles["promotion"] = capabilities.promotion.role
    if capabilities.promotion_source:
        roles["promotion_source"] = capabilities.promotion_source.role
    return {name: role.arn for name, role in roles.items()}
