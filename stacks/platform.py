"""The stack of one environment: every capability, and what each may do with the others."""

from cdktf import S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from environments import Environment
from modules.access import Access
from modules.access_logs import log_accesses
from modules.alarms import Alarms
from modules.approver import Approver, needs_approver
from modules.artifacts import Artifacts
from modules.audit_trail import AuditTrail
from modules.compute.machine_image import reading_images
from modules.compute.migration import Migration
from modules.compute.training_compute import TrainingCompute
from modules.deployment_marker import DeploymentMarker
from modules.encryption import Encryption
from modules.extensions import Collaborators, Extension
from modules.extensions.checks import GrantsBefore, check_manifest
from modules.extensions.description import write_description
from modules.extensions.load import load_extensions
from modules.feature_store import FeatureStore
from modules.iam.revocation import revoke_sessions
from modules.iam.role import write_grants
from modules.manifest import Manifest
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import STATE_KEY, Names
from modules.network import (
    CreatedNetwork,
    ExistingNetwork,
    ExistingVpc,
    InterfaceEndpoints,
    Network,
    endpoint_services,
)
from modules.observability import Observability
from modules.pipelines.definition import PipelineDefinition, pipeline_definitions
from modules.pipelines.training_pipelines import TrainingPipelines
from modules.pipelines.verification import VerificationPipeline, grant_verify
from modules.promotion import Promotion, PromotionSource
from modules.sdk_release import SDK_PREFIX, SdkRelease
from modules.tunnel import Tunnel
from modules.waivers import write_waivers
from modules.workbench import Workbench
from stacks.boundary import migration_boundary, platform_boundary
from stacks.capabilities import Capabilities
from stacks.digest import DIGEST_PLACEHOLDER
from stacks.forgotten_resources import forget_resources
from stacks.manifest import manifest_of
from stacks.outputs import write_outputs

__all__ = ["Platform"]


class Platform(TerraformStack):
    """The whole platform of one environment, in one Terraform state.

    Each method below adds constructs that need those of the methods before it. Their order decides the order of
    resources in the stack.

    Args:
        scope: The app.
        id: The stack's id: the environment's name, so that `cdktf deploy dev` deploys the environment `dev`.
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
        self._config = config
        self._names = Names.of(config)
        self._release = release
        self._source = Names.of(source) if source else None
        self._targets = tuple(Names.of(target) for target in targets)
        self._loaded = load_extensions(config)
        definitions = _pipeline_definitions(config)

        self._add_state_and_provider()
        self._add_foundation()
        self._add_stores(
            approver=needs_approver(config, targets),
            awaits_data=any(pipeline.awaits_data for pipeline in definitions),
        )
        self._add_compute(definitions)
        self._grant_delivery()
        self._access.grant_work(
            compute=self._compute, pipelines=self._pipelines, tunnel=self._tunnel, workbench=self._workbench
        )
        self._add_observability()
        promotion, promotion_source = self._add_promotion(), self._add_promotion_source()
        extensions = self._add_extensions()
        revoke_sessions(self, names=self._names, before=config.access.revoke_sessions_before)
        log_accesses(self, bucket=config.audit.access_log_bucket)
        write_grants(self)
        capabilities = self._capabilities(promotion, promotion_source)
        manifest = self._add_manifest(capabilities, extensions)
        write_outputs(
            self,
            names=self._names,
            config=config,
            capabilities=capabilities,
            alarms=self._alarms,
            extensions=extensions,
            after=manifest.resource,
        )
        forget_resources(self, config=config)
        write_waivers(self)
        write_description(self, self._loaded)

    def _add_state_and_provider(self) -> None:
        config = self._config
        backend = S3Backend(
            self,
            bucket=self._names.state_bucket,
            key=STATE_KEY,
            region=config.region,
            encrypt=True,
            allowed_account_ids=[config.account],
        )
        backend.add_override("use_lockfile", value=True)  # newer than the framework's S3Backend
        AwsProvider(
            self,
            "aws",
            region=config.region,
            allowed_account_ids=[config.account],
            default_tags=[AwsProviderDefaultTags(tags=config.resource_tags)],
        )

    def _add_foundation(self) -> None:
        config, names = self._config, self._names
        existing = config.network.existing
        vpc = (
            ExistingVpc(self, "existing-vpc", config=existing, region=config.region)
            if existing.is_given
            else None
        )
        self._boundary = platform_boundary(
            self,
            names=names,
            source=self._source,
            vpc=vpc,
            disabled=config.disabled,
            prescribed=config.access.permissions_boundary_arn,
            extensions=tuple(one for loaded in self._loaded for one in loaded.for_roles(names)),
        )
        self._encryption = Encryption(
            self,
            "encryption",
            config=config.encryption,
            names=names,
            extension_services=tuple(
                dict.fromkeys(one for loaded in self._loaded for one in loaded.kind.key_services)
            ),
        )
        DeploymentMarker(self, "deployment", names=names, encryption=self._encryption)
        self._network = self._add_network(vpc)
        self._endpoints = self._add_endpoints()
        self._alarms = Alarms(
            self, "alarms", config=config.observability, names=names, encryption=self._encryption
        )
        self._access = Access(
            self,
            "access",
            config=config.access,
            names=names,
            encryption=self._encryption,
            boundary=self._boundary,
            network=self._network,
            notebooks=config.workbench.enabled,
            extensions=(
                *reading_images(config.compute, names),
                *(one for loaded in self._loaded for one in loaded.for_delivery(names)),
            ),
        )

    def _add_endpoints(self) -> InterfaceEndpoints | None:
        network = self._config.network
        if network.egress != "interface-endpoints":
            return None
        accounts = (self._names, self._source) if self._source else (self._names,)
        return InterfaceEndpoints(
            self,
            "endpoints",
            names=self._names,
            network=self._network,
            services=endpoint_services(self._config),
            zones=min(network.endpoint_zones, network.availability_zones),
            accounts=tuple(dict.fromkeys(one.account for one in accounts)),
        )

    def _add_network(self, vpc: ExistingVpc | None) -> Network:
        config, names = self._config.network, self._names
        if vpc is None:
            return CreatedNetwork(
                self,
                "network",
                config=config,
                names=names,
                encryption=self._encryption,
                boundary=self._boundary,
            )
        return ExistingNetwork(
            self,
            "network",
            config=config,
            vpc=vpc,
            names=names,
            encryption=self._encryption,
            boundary=self._boundary,
        )

    def _add_stores(self, *, approver: bool, awaits_data: bool) -> None:
        config, names, encryption = self._config, self._names, self._encryption
        self._artifacts = Artifacts(
            self,
            "artifacts",
            config=config.artifacts,
            names=names,
            encryption=encryption,
            publisher=self._access.delivery.deploy,
            notifies=awaits_data,
        )
        self._metadata = MetadataDatabase(
            self,
            "metadata",
            config=config.metadata,
            names=names,
            network=self._network,
            encryption=encryption,
            keeps_snapshot=config.tier != "disposable",
        )
        self._features = self._add_features()
        self._registry = self._add_registry(approver=approver)
        self._add_audit_trail()
        self._access.grant_platform(
            artifacts=self._artifacts,
            metadata=self._metadata,
            features=self._features,
            registry=self._registry,
        )

    def _add_features(self) -> FeatureStore | None:
        config = self._config.features
        if not config.enabled:
            return None
        return FeatureStore(self, "features", config=config, names=self._names, encryption=self._encryption)

    def _add_registry(self, *, approver: bool) -> ModelRegistry | None:
        config = self._config
        if not config.registry.enabled:
            return None
        registry = ModelRegistry(
            self,
            "registry",
            config=config.registry,
            names=self._names,
            encryption=self._encryption,
            approver=approver,
        )
        if approver:
            Approver(
                self,
                "approver",
                config=config.access,
                names=self._names,
                registry=registry,
                encryption=self._encryption,
                boundary=self._boundary,
            )
        return registry

    def _add_audit_trail(self) -> None:
        if not self._config.audit.enabled or self._config.audit.trail == "organization":
            return
        features, registry = self._features, self._registry
        AuditTrail(
            self,
            "audit",
            config=self._config.audit,
            names=self._names,
            encryption=self._encryption,
            buckets=(
                self._artifacts,
                *((features.warehouse, features.query_results) if features else ()),
                *((registry.bucket,) if registry else ()),
            ),
        )

    def _add_compute(self, definitions: tuple[PipelineDefinition, ...]) -> None:
        config, names = self._config, self._names
        self._compute = TrainingCompute(
            self,
            "compute",
            config=config.compute,
            names=names,
            network=self._network,
            encryption=self._encryption,
            boundary=self._boundary,
            job=self._access.job,
            release=self._release,
            tags=config.resource_tags,
            public_addresses=config.network.egress == "public-addresses",
        )
        self._migration = Migration(
            self,
            "migration",
            names=names,
            metadata=self._metadata,
            encryption=self._encryption,
            compute=self._compute,
            boundary=migration_boundary(self, names=names, prescribed=config.access.permissions_boundary_arn),
        )
        self._migration.grant_run(self._access.delivery.deploy)
        self._pipelines = self._add_pipelines(definitions)
        self._tunnel = self._add_tunnel()
        self._workbench = self._add_workbench()
        if self._workbench is not None and self._endpoints is not None:
            # Notebooks install the SDK when they are created.
            self._workbench.node.add_dependency(self._endpoints)

    def _add_pipelines(self, definitions: tuple[PipelineDefinition, ...]) -> TrainingPipelines | None:
        if not self._config.training_pipelines.enabled:
            return None
        return TrainingPipelines(
            self,
            "pipelines",
            names=self._names,
            definitions=definitions,
            log_retention_days=self._config.compute.log_retention_days,
            tags=self._config.resource_tags,
            encryption=self._encryption,
            boundary=self._boundary,
            compute=self._compute,
            artifacts=self._artifacts,
            alarms=self._alarms,
        )

    def _add_tunnel(self) -> Tunnel | None:
        if not self._config.tunnel.enabled:
            return None
        return Tunnel(
            self,
            "tunnel",
            names=self._names,
            network=self._network,
            compute=self._compute,
            boundary=self._boundary,
        )

    def _add_workbench(self) -> Workbench | None:
        if self._access.notebook is None:
            return None
        return Workbench(
            self,
            "workbench",
            config=self._config.workbench,
            names=self._names,
            network=self._network,
            encryption=self._encryption,
            artifacts=self._artifacts,
            role=self._access.notebook,
            release=self._release,
        )

    def _grant_delivery(self) -> None:
        """Let releases publish pipelines, images and the SDK, and verify the deployment."""
        deploy = self._access.delivery.deploy
        if self._pipelines is not None:
            self._pipelines.grant_publish(deploy)
        self._compute.grant_submit_base(deploy)
        grant_verify(deploy, names=self._names, alarms=self._alarms)
        self._compute.images.grant_pull(deploy)
        self._compute.images.grant_push(deploy)
        self._artifacts.grant_read(deploy, prefix=SDK_PREFIX)
        self._artifacts.grant_write(deploy, prefix=SDK_PREFIX)

    def _add_observability(self) -> None:
        Observability(
            self,
            "observability",
            config=self._config.observability,
            names=self._names,
            alarms=self._alarms,
            metadata=self._metadata,
            features=self._features,
            compute=self._compute,
        )

    def _add_promotion(self) -> Promotion | None:
        if self._source is None or self._registry is None:
            return None
        promotion = Promotion(
            self,
            "promotion",
            config=self._config.access,
            names=self._names,
            source=self._source,
            boundary=self._boundary,
            compute=self._compute,
        )
        promotion.grant_submitting(
            artifacts=self._artifacts,
            registry=self._registry,
            metadata=self._metadata,
            encryption=self._encryption,
            deploy=self._access.delivery.deploy,
        )
        return promotion

    def _add_promotion_source(self) -> PromotionSource | None:
        if not self._targets or self._registry is None:
            return None
        promotion_source = PromotionSource(
            self,
            "promotion-source",
            names=self._names,
            targets=self._targets,
            boundary=self._boundary,
        )
        promotion_source.grant_reading(registry=self._registry, encryption=self._encryption)
        return promotion_source

    def _capabilities(
        self, promotion: Promotion | None, promotion_source: PromotionSource | None
    ) -> Capabilities:
        return Capabilities(
            encryption=self._encryption,
            network=self._network,
            access=self._access,
            artifacts=self._artifacts,
            metadata=self._metadata,
            features=self._features,
            registry=self._registry,
            compute=self._compute,
            migration=self._migration,
            pipelines=self._pipelines,
            tunnel=self._tunnel,
            promotion=promotion,
            promotion_source=promotion_source,
        )

    def _add_extensions(self) -> tuple[Extension, ...]:
        if not self._loaded:
            return ()
        collaborators = Collaborators(
            environment=self._config,
            names=self._names,
            boundary=self._boundary,
            network=self._network,
            encryption=self._encryption,
            alarms=self._alarms,
            scientist=self._access.scientist,
            notebook=self._access.notebook,
            job=self._access.job,
            artifacts=self._artifacts,
            metadata=self._metadata,
            compute=self._compute,
            features=self._features,
            registry=self._registry,
            pipelines=self._pipelines,
        )
        extensions = []
        for loaded in self._loaded:
            before = GrantsBefore(self)
            extension = loaded.create(self, collaborators)
            before.check(extension, self._boundary)
            check_manifest(extension)
            extensions.append(extension)
        return tuple(extensions)

    def _add_manifest(self, capabilities: Capabilities, extensions: tuple[Extension, ...]) -> Manifest:
        return Manifest(
            self,
            "manifest",
            names=self._names,
            encryption=self._encryption,
            after=tuple(self._pipelines.state_machines.values()) if self._pipelines else (),
            content=manifest_of(
                self._config,
                capabilities,
                release=self._release,
                stack_digest=DIGEST_PLACEHOLDER,
                extensions=extensions,
            ),
        )


def _pipeline_definitions(config: Environment) -> tuple[PipelineDefinition, ...]:
    if not config.training_pipelines.enabled:
        return ()
    return (*pipeline_definitions(config.pipelines), VerificationPipeline(config.compute.pools[0]))
