"""The manifest of an environment, made from its configuration and its constructs."""

from collections.abc import Iterable
from typing import cast

from cdktf_cdktf_provider_aws.batch_job_definition import BatchJobDefinition

from environments import Environment
from environments.sections.network import Network as NetworkConfig
from modules.artifacts import Artifacts
from modules.compute.compute_pool import ComputePool
from modules.compute.migration import Migration
from modules.compute.training_compute import TrainingCompute
from modules.extensions import Extension
from modules.feature_store import FeatureStore
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import Names
from modules.network import Network
from modules.pipelines.training_pipelines import TrainingPipelines
from modules.promotion import Promotion, source_role_arn
from modules.sdk_release import SdkRelease
from modules.tunnel import Tunnel
from stacks.capabilities import Capabilities
from terrarium import manifest as contract

__all__ = ["manifest_of"]

# Sections are constructed without validation: until Terraform has run, their values are references. The reader
# validates them.


def manifest_of(
    config: Environment,
    capabilities: Capabilities,
    *,
    release: SdkRelease,
    stack_digest: str,
    extensions: Iterable[Extension] = (),
) -> contract.PlatformManifest:
    """Return the manifest of an environment.

    Args:
        config: The environment.
        capabilities: Its constructs.
        release: The release of the SDK that it serves.
        stack_digest: The digest of its stack, or what stands for it until the digest is known.
        extensions: Its extensions.
    """
    values = {extension.extension_name: dict(extension.manifest) for extension in extensions}
    return contract.PlatformManifest.model_construct(
        version=contract.MANIFEST_VERSION,
        oldest_reader=contract.oldest_reader_of(
            egress=config.network.egress,
            disabled=config.disabled,
            pool_job_definitions=any(pool.has_job_definitions for pool in config.compute.pools),
        ),
        environment=config.name,
        account=config.account,
        region=config.region,
        stack_digest=stack_digest,
        disabled=config.disabled,
        encryption=contract.EncryptionKey.model_construct(key_arn=capabilities.encryption.key_arn),
        network=_network(capabilities.network, config.network),
        artifacts=_artifacts(capabilities.artifacts),
        metadata=_metadata(capabilities.metadata),
        features_or_none=_features(capabilities.features) if capabilities.features else None,
        compute=_compute(capabilities.compute, capabilities.migration),
        registry_or_none=_registry(config, capabilities.registry, capabilities.promotion)
        if capabilities.registry
        else None,
        pipelines_or_none=_pipelines(capabilities.pipelines) if capabilities.pipelines else None,
        tunnel_or_none=_tunnel(capabilities.tunnel, config.network) if capabilities.tunnel else None,
        roles=_roles(capabilities),
        tags=config.resource_tags,
        sdk=contract.Sdk.model_construct(
            release_prefix=release.prefix, dependencies_prefix=release.dependencies_prefix
        ),
        extensions=values or None,
    )


def _network(network: Network, config: NetworkConfig) -> contract.Network:
    return contract.Network.model_construct(
        vpc_id=network.vpc_id,
        private_subnet_ids=tuple(network.private_subnet_ids),
        client_security_group_id=network.client_security_group_id,
        egress=config.egress,
        proxy_url=config.proxy.url,
    )


def _artifacts(artifacts: Artifacts) -> contract.ArtifactBucket:
    return contract.ArtifactBucket.model_construct(
        bucket=artifacts.name,
        bucket_arn=artifacts.arn,
        experiments_prefix=artifacts.experiments_prefix,
        artifacts_prefix=artifacts.artifacts_prefix,
    )


def _features(features: FeatureStore) -> contract.FeatureStore:
    return contract.FeatureStore.model_construct(
        warehouse=f"s3://{features.warehouse.name}",
        catalog_database=features.database.name,
        workgroup=features.workgroup.name,
        online_table=features.online_table.name,
    )


def _pipelines(pipelines: TrainingPipelines) -> contract.TrainingPipelines:
    return contract.TrainingPipelines.model_construct(
        names=tuple(pipelines.state_machines),
        state_machine_prefix=pipelines.state_machine_prefix,
        schedule_group=pipelines.schedules.name,
    )


def _tunnel(tunnel: Tunnel, config: NetworkConfig) -> contract.Tunnel:
    return contract.Tunnel.model_construct(
        cluster_arn=tunnel.cluster.arn,
        task_definition_arn=tunnel.resource.arn,
        subnet_ids=tuple(tunnel.subnet_ids),
        security_group_id=tunnel.security_group_id,
        public_address=config.egress == "public-addresses",
    )


def _roles(capabilities: Capabilities) -> contract.Roles:
    access, source = capabilities.access, capabilities.promotion_source
    return contract.Roles.model_construct(
        scientist_arn=access.scientist.arn,
        job_arn=access.job.arn,
        promotion_arn=capabilities.promotion.role.arn if capabilities.promotion else None,
        promotion_source_arn=source.role.arn if source else None,
        ci_plan_arn=access.delivery.plan.arn,
        ci_deploy_arn=access.delivery.deploy.arn,
    )


def _metadata(metadata: MetadataDatabase) -> contract.MetadataDatabase:
    cluster = metadata.resource
    return contract.MetadataDatabase.model_construct(
        cluster_id=cluster.cluster_identifier,
        cluster_resource_id=cluster.cluster_resource_id,
        host=cluster.endpoint,
        reader_host=cluster.reader_endpoint,
        port=cast("int", cluster.port),  # a reference to a number
        database=metadata.database,
        owner=metadata.users["owner"],
        writer=metadata.users["writer"],
        reader=metadata.users["reader"],
        master_secret_arn=metadata.master_secret_arn,
    )


def _registry(
    config: Environment, registry: ModelRegistry, promotion: Promotion | None
) -> contract.ModelRegistry:
    return contract.ModelRegistry.model_construct(
        bucket=registry.bucket.name,
        models_prefix=registry.models_prefix,
        images_url=registry.images.url,
        gates=config.registry.gates,
        approval=config.registry.approval,
        separate_approver=config.registry.separate_approver or None,
        promotes_from=_promotes_from(config, promotion.source) if promotion else None,
    )


def _promotes_from(config: Environment, source: Names) -> contract.PromotionSource:
    return contract.PromotionSource(
        environment=source.environment,
        role_arn=source_role_arn(source),
        region=None if source.region == config.region else source.region,
    )


def _compute(compute: TrainingCompute, migration: Migration) -> contract.TrainingCompute:
    return contract.TrainingCompute.model_construct(
        pools=tuple(
            contract.ComputePool.model_construct(
                name=pool.pool.name,
                queue_arn=pool.queue_arn,
                accelerator=pool.pool.accelerator,
                purchase=pool.pool.purchase,
                instance_types=pool.pool.instance_types,
                maximum_vcpus=pool.pool.maximum_vcpus,
                nodes=pool.pool.nodes,
                launch_type=pool.pool.launch_type,
                architecture=pool.pool.architecture,
                job_definitions=_definitions_of(pool),
            )
            for pool in compute.pools
        ),
        job_definition_arn=compute.base.definition.arn,
        multi_node_job_definition_arn=_arn(compute.base.multi_node_definition),
        migration_job_definition_arn=migration.resource.arn,
        images_url=compute.images.url,
        images=tuple(
            contract.JobImage.model_construct(
                name=image.name,
                image=image.image,
                job_definition_arn=image.definition.arn,
                multi_node_job_definition_arn=_arn(image.multi_node_definition),
                architectures=compute.architectures_of(image.name),
            )
            for image in compute.job_images
        ),
        log_group=compute.logs.name,
    )


def _definitions_of(pool: ComputePool) -> tuple[contract.PoolJobDefinition, ...]:
    return tuple(
        contract.PoolJobDefinition.model_construct(
            image=image,
            job_definition_arn=definitions.single_node.arn,
            multi_node_job_definition_arn=_arn(definitions.multi_node),
        )
        for image, definitions in pool.job_definitions.items()
    )


def _arn(definition: BatchJobDefinition | None) -> str | None:
    return definition.arn if definition else None
