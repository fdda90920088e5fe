"""The stack of one environment: every capability, wired."""

from cdktf import S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from environments import Environment
from modules.access import Access
from modules.alarms import Alarms
from modules.approver import Approver, wants_approver
from modules.artifacts import Artifacts
from modules.audit_trail import AuditTrail
from modules.compute.migration import Migration
from modules.compute.training_compute import TrainingCompute
from modules.delivery.remote_state import STATE_KEY
from modules.encryption import Encryption
from modules.feature_store import FeatureStore
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import write_grants
from modules.manifest import Manifest
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import state_bucket_name
from modules.network import Network
from modules.observability import Observability
from modules.pipelines.definition import pipeline_definitions
from modules.pipelines.training_pipelines import TrainingPipelines
from modules.pipelines.verification import VerificationPipeline, grant_verify
from modules.promotion import Promotion, PromotionSource
from modules.sdk_release import SDK_PREFIX, SdkRelease
from modules.tunnel import Tunnel
from modules.waivers import write_waivers
from modules.workbench import Workbench
from stacks.boundary import migration_boundary, platform_boundary
from stacks.digest import UNWRITTEN
from stacks.manifest import manifest_of

__all__ = ["Platform"]


class Platform(TerraformStack):
    """The whole platform of one environment, in one state.

    Args:
        scope: The app.
        id: The stack's id: the environment's name, so that `cdktf deploy dev` means what it says.
        config: The environment.
        release: The release of the SDK that jobs run.
        source: The environment whose models may be promoted to this one, if any.
        targets: The environments that may pull models from this one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        release: SdkRelease,
        source: Environment | None = None,
        targets: tuple[Environment, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        self._remote_state(config)
        self._provider(config)
        boundary = platform_boundary(self, config=config, source=source)
        encryption = Encryption(self, "encryption", config=config)
        network = Network(self, "network", config=config, encryption=encryption, boundary=boundary)
        alarms = Alarms(self, "alarms", config=config, encryption=encryption)
        access = Access(
            self, "access", config=config, encryption=encryption, boundary=boundary, network=network
        )

        definitions = (*pipeline_definitions(config), VerificationPipeline(config))
        artifacts = Artifacts(
            self,
            "artifacts",
            config=config,
            encryption=encryption,
            publisher=access.delivery.deploy,
            notifies=any(pipeline.awaits_data for pipeline in definitions),
        )
        metadata = MetadataDatabase(self, "metadata", config=config, network=network, encryption=encryption)
        features = FeatureStore(self, "features", config=config, encryption=encryption)
        approver = wants_approver(config, targets)
        registry = ModelRegistry(self, "registry", config=config, encryption=encryption, approver=approver)
        if approver:
            Approver(
                self,
                "approver",
                config=config,
                registry=registry,
                encryption=encryption,
                boundary=boundary,
            )
        AuditTrail(
            self,
            "audit",
            config=config,
            encryption=encryption,
            buckets=(artifacts, features.warehouse, features.query_results, registry.bucket),
        )
        access.grant_platform(artifacts=artifacts, metadata=metadata, features=features, registry=registry)

        compute = TrainingCompute(
            self,
            "compute",
            config=config,
            network=network,
            encryption=encryption,
            boundary=boundary,
            job=access.job,
            release=release,
        )
        migration = Migration(
            self,
            "migration",
            config=config,
            metadata=metadata,
            encryption=encryption,
            compute=compute,
            boundary=migration_boundary(self, config=config),
        )
        migration.grant_run(access.delivery.deploy)
        pipelines = TrainingPipelines(
            self,
            "pipelines",
            config=config,
            definitions=definitions,
            encryption=encryption,
            boundary=boundary,
            compute=compute,
            artifacts=artifacts,
            alarms=alarms,
        )
        tunnel = Tunnel(
            self,
            "tunnel",
            config=config,
            network=network,
            compute=compute,
            boundary=boundary,
        )
        workbench = Workbench(
            self,
            "workbench",
            config=config,
            network=network,
            encryption=encryption,
            artifacts=artifacts,
            role=access.notebook,
            release=release,
        )
        pipelines.grant_publish(access.delivery.deploy)
        compute.grant_submit_base(access.delivery.deploy)
        grant_verify(access.delivery.deploy, config=config, alarms=alarms)
        compute.images.grant_pull(access.delivery.deploy)
        compute.images.grant_push(access.delivery.deploy)
        artifacts.grant_read(access.delivery.deploy, prefix=SDK_PREFIX)
        artifacts.grant_write(access.delivery.deploy, prefix=SDK_PREFIX)
        access.grant_work(compute=compute, pipelines=pipelines, tunnel=tunnel)
        workbench.grant_open(access.scientist)
        Observability(
            self,
            "observability",
            config=config,
            alarms=alarms,
            metadata=metadata,
            features=features,
            compute=compute,
        )

        promotion = self._promotion(
            config, source, access, boundary, compute, artifacts, registry, metadata, encryption
        )
        promotion_source = self._promotion_source(config, targets, boundary, registry, encryption)
        write_grants(self)
        Manifest(
            self,
            "manifest",
            config=config,
            encryption=encryption,
            after=tuple(pipelines.state_machines.values()),
            content=manifest_of(
                config,
                stack_digest=UNWRITTEN,
                encryption=encryption,
                network=network,
                artifacts=artifacts,
                metadata=metadata,
                features=features,
                compute=compute,
                migration=migration,
                registry=registry,
                pipelines=pipelines,
                tunnel=tunnel,
                access=access,
                promotion=promotion,
                promotion_source=promotion_source,
                release=release,
            ),
        )
        write_waivers(self)

    def _remote_state(self, config: Environment) -> None:
        backend = S3Backend(
            self,
            bucket=state_bucket_name(config),
            key=STATE_KEY,
            region=config.region,
            encrypt=True,
            allowed_account_ids=[config.account],
        )
        backend.add_override("use_lockfile", value=True)  # newer than the framework's S3Backend

    def _provider(self, config: Environment) -> None:
        AwsProvider(
            self,
            "aws",
            region=config.region,
            allowed_account_ids=[config.account],
            default_tags=[AwsProviderDefaultTags(tags=config.tags)],
        )

    def _promotion(
        self,
        config: Environment,
        source: Environment | None,
        access: Access,
        boundary: PermissionsBoundary,
        compute: TrainingCompute,
        artifacts: Artifacts,
        registry: ModelRegistry,
        metadata: MetadataDatabase,
        encryption: Encryption,
    ) -> Promotion | None:
        if source is None:
            return None
        promotion = Promotion(
            self,
            "promotion",
            config=config,
            source=source,
            boundary=boundary,
            compute=compute,
        )
        promotion.grant_submitting(
            artifacts=artifacts,
            registry=registry,
            metadata=metadata,
            encryption=encryption,
            deploy=access.delivery.deploy,
        )
        return promotion

    def _promotion_source(
        self,
        config: Environment,
        targets: tuple[Environment, ...],
        boundary: PermissionsBoundary,
        registry: ModelRegistry,
        encryption: Encryption,
    ) -> PromotionSource | None:
        if not targets:
            return None
        promotion_source = PromotionSource(
            self, "promotion-source", config=config, targets=targets, boundary=boundary
        )
        promotion_source.grant_reading(registry=registry, encryption=encryption)
        return promotion_source
