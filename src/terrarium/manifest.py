"""`PlatformManifest`: the contract between the stacks and the SDK.

Terraform writes one manifest per environment to the Parameter Store; `terrarium.connect` reads it. It contains names,
addresses and ARNs, but no secrets.

Stacks and SDKs are released separately. A reader ignores unknown fields, and the writer states the oldest reader that
understands the manifest. There are two kinds of changes:

- A new field with a default, for manifests without it: increase `MANIFEST_VERSION`.
- A field is removed, renamed or becomes required: increase `OLDEST_READER` as well. Older SDKs then ask for an upgrade.

`oldest_reader_of` states the version for manifests that older readers refuse: with values that a later version added,
or without the section of a capability that the environment's file switches off.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from terrarium.egress import Egress
from terrarium.errors import CapabilityDisabledError, ManifestMalformedError, ManifestTooNewError
from terrarium.json_document import JsonUnreadableError, read_json
from terrarium.sdk_source import install_commands

__all__ = [
    "ATTESTATIONS_PREFIX",
    "BASE_IMAGE",
    "FOLDER_TAG",
    "MANIFEST_VERSION",
    "OLDEST_READER",
    "OPERATION_TAG",
    "PIPELINE_TAG",
    "PUBLISHED_PREFIX",
    "Accelerator",
    "AccountId",
    "Architecture",
    "ArtifactBucket",
    "Capability",
    "ComputePool",
    "Egress",
    "EncryptionKey",
    "FeatureStore",
    "JobImage",
    "LaunchType",
    "MetadataDatabase",
    "MetricThreshold",
    "ModelGates",
    "ModelRegistry",
    "Network",
    "PlatformManifest",
    "PoolJobDefinition",
    "PromotionSource",
    "Purchase",
    "Roles",
    "Sdk",
    "TrainingCompute",
    "TrainingPipelines",
    "Tunnel",
    "manifest_environment",
    "manifest_parameter",
    "oldest_reader_of",
    "operations_pool",
    "parse_manifest",
    "promotion_job_definition",
]

MANIFEST_VERSION: Final = 3
"""The version of the manifest that this release writes and reads."""
OLDEST_READER: Final = 2
"""The version of the oldest reader that understands the manifests of this release. Readers of version 1 refuse unknown
fields. An environment that uses values which later versions added, or that leaves sections out, states that version:
see `oldest_reader_of`."""
BASE_IMAGE: Final = "base"
"""The name of the default image of jobs."""
OPERATION_TAG: Final = "operation"
"""The tag of jobs that operators start, such as the migration. Only operators may cancel them."""
PIPELINE_TAG: Final = "pipeline"
"""The tag of a state machine with the import path of its pipeline: `package.module:attribute`."""
FOLDER_TAG: Final = "folder"
"""The tag of a state machine with the folder of the deployed checkout from which the pipeline is imported."""

PUBLISHED_PREFIX: Final = "published/"
"""The prefix in the artifact bucket for the code of deployed pipelines. The bucket policy allows only `ci-deploy` to
write there."""
ATTESTATIONS_PREFIX: Final = "attestations/"
"""The prefix in the registry's bucket for attestations, with one folder per kind. A role can only write keys that end
with the `aws:userid` of its own session."""

Arn = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$")]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
"""An AWS account id: 12 digits."""
Accelerator = Literal["none", "gpu", "neuron"]
"""The accelerators of the instances of a pool: NVIDIA GPUs, or AWS' Neuron devices (Trainium, Inferentia)."""
LaunchType = Literal["ec2", "fargate"]
"""Where the jobs of a pool run: on EC2 instances, or on Fargate."""
Architecture = Literal["x86_64", "arm64"]
"""The processor architecture of a pool or of an image."""
Purchase = Literal["on-demand", "spot"]
"""The purchase option of the instances of a pool."""
_SECTIONS_OF_VERSION_2: Final[frozenset[str]] = frozenset(("features", "pipelines", "registry", "tunnel"))
_EGRESS_OF_VERSION_2: Final[frozenset[Egress]] = frozenset(
    ("none", "public-addresses", "nat", "nat-per-zone")
)
Capability = Literal["audit", "budget", "features", "pipelines", "registry", "tunnel", "workbench"]
"""A capability that an environment's file can switch off."""
KeyPrefix = Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]+/)+$")]


class _Switch(NamedTuple):
    """The name of a capability in errors, and the line of the environment's file that enables it."""

    name: str
    setting: str


_SWITCHES: Final[Mapping[Capability, _Switch]] = {
    "audit": _Switch("audit trail", "enabled = true below [audit]"),
    "budget": _Switch("budget", "budget = true below [observability]"),
    "features": _Switch("dataset and feature repository", "enabled = true below [features]"),
    "pipelines": _Switch("training pipelines", "enabled = true below [training_pipelines]"),
    "registry": _Switch("model registry", "enabled = true below [registry]"),
    "tunnel": _Switch("tunnel", "enabled = true below [tunnel]"),
    "workbench": _Switch("workbench", "enabled = true below [workbench]"),
}


_PARAMETER = re.compile(r"/terrarium/(?P<environment>[^/]+)/manifest")


def manifest_parameter(environment: str) -> str:
    """Return the name of the SSM parameter with the manifest of `environment`."""
    return f"/terrarium/{environment}/manifest"


def manifest_environment(parameter: str) -> str | None:
    """Return the environment of a manifest's SSM parameter, or None if the parameter is not a manifest."""
    match = _PARAMETER.fullmatch(parameter)
    return match["environment"] if match else None


class _Pool(Protocol):
    @property
    def accelerator(self) -> Accelerator: ...
    @property
    def launch_type(self) -> LaunchType: ...
    @property
    def architecture(self) -> Architecture: ...


PoolT = TypeVar("PoolT", bound=_Pool)


def operations_pool(pools: Sequence[PoolT]) -> PoolT:
    """Return the pool in which the jobs of operators run, such as the migration.

    Stacks and SDKs agree on it: the definitions of these jobs are made for this pool. Pools without accelerators come
    first, then x86, then EC2, then the order of the file.
    """
    return min(
        pools,
        key=lambda pool: (
            pool.accelerator != "none",
            pool.architecture != "x86_64",
            pool.launch_type != "ec2",
        ),
    )


def promotion_job_definition(promotion_role_arn: str) -> str:
    """Return the name of the Batch job definition that promotes models: that of its role."""
    return promotion_role_arn.rpartition("/")[2]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)


_SectionT = TypeVar("_SectionT", bound=_Section)


class EncryptionKey(_Section):
    """The customer-managed KMS key that encrypts all data of the environment."""

    key_arn: Arn


class Network(_Section):
    """The private network. Attach `client_security_group_id` to jobs that need database access.

    `egress` is the path of jobs to the internet and to AWS' services; None if the environment does not state it.
    `proxy_url` is the proxy that jobs use besides; they have its variables.
    """

    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    client_security_group_id: str
    egress: Egress | None = None
    proxy_url: str | None = None


class ArtifactBucket(_Section):
    """The versioned bucket of artifacts.

    MLflow stores the artifacts of runs and models under `experiments_prefix`, `lab.artifacts` stores named artifacts
    under `artifacts_prefix`. Both end with a slash, and neither is a prefix of the other.
    """

    bucket: str
    bucket_arn: Arn
    experiments_prefix: KeyPrefix
    artifacts_prefix: KeyPrefix


class MetadataDatabase(_Section):
    """The Aurora PostgreSQL cluster behind tracking and registry.

    `owner`, `writer` and `reader` are database users that log in with IAM tokens: the owner of the schema, the user
    that records, and the read-only user. `master_secret_arn` is the managed secret of the master user, for deployers.
    """

    cluster_id: str
    cluster_resource_id: str
    host: str
    reader_host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    database: str
    owner: str
    writer: str
    reader: str
    master_secret_arn: Arn


class FeatureStore(_Section):
    """Datasets and features: Iceberg tables in the Glue catalog, and one online table.

    `warehouse` is the `s3://` URI of the tables. Results of queries are in the bucket that the workgroup enforces. The
    key of the online table is (`entity`, `feature_view`); items expire at `expires_at`.
    """

    warehouse: str
    catalog_database: str
    workgroup: str
    online_table: str


class PoolJobDefinition(_Section):
    """The job definitions of an image for one pool."""

    image: str
    job_definition_arn: Arn
    multi_node_job_definition_arn: Arn | None = None


class ComputePool(_Section):
    """One Batch queue with the capacity of its compute environment.

    A pool on Fargate has no instance types. A pool with `job_definitions` runs jobs with these only, one for each image
    that it can run: on Fargate, on arm64, with Neuron devices or EFA. Others run jobs with the definitions of the
    images.
    """

    name: str
    queue_arn: Arn
    accelerator: Accelerator
    purchase: Purchase
    instance_types: tuple[str, ...]
    maximum_vcpus: int
    nodes: int
    launch_type: LaunchType = "ec2"
    architecture: Architecture = "x86_64"
    job_definitions: tuple[PoolJobDefinition, ...] = ()


class JobImage(_Section):
    """An image of jobs, with its job definitions."""

    name: str
    image: str
    job_definition_arn: Arn
    multi_node_job_definition_arn: Arn | None = None
    architectures: tuple[Architecture, ...] = ("x86_64",)


class TrainingCompute(_Section):
    """Pools and job definitions. The first two definitions use the base image."""

    pools: tuple[ComputePool, ...]
    job_definition_arn: Arn
    multi_node_job_definition_arn: Arn | None = None
    migration_job_definition_arn: Arn
    images_url: str
    images: tuple[JobImage, ...] = ()
    log_group: str


class MetricThreshold(_Section):
    """Bounds of a metric, for one model or for every model with this metric."""

    metric: Annotated[str, Field(min_length=1)]
    """The name of the metric, such as `roc_auc`. Required."""

    model: Annotated[str, Field(min_length=1)] | None = None
    """The registered model. Defaults to every model whose run record has the metric."""

    minimum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The lowest value that passes. Defaults to no minimum."""

    maximum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The highest value that passes. Defaults to no maximum."""

    @model_validator(mode="after")
    def _refuse_no_bound(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("a threshold needs a minimum or a maximum")
        return self


class ModelGates(_Section):
    """Conditions that a model must satisfy to enter the registry, besides a complete record of its run."""

    signature: bool = False
    """Whether the model needs a signature. Defaults to false."""

    input_example: bool = False
    """Whether the model needs an input example. Defaults to false."""

    champion_margin: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The least improvement over the version with the alias `champion`, in the unit of the use case's metric. A
    negative value allows a deterioration. Without a champion, every model passes. Defaults to no comparison."""

    data_days: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The highest age in days of the newest snapshot of its training data. Defaults to any age."""

    thresholds: tuple[MetricThreshold, ...] = ()
    """Thresholds of metrics. Defaults to none."""


class PromotionSource(_Section):
    """The source environment of promotions to this one, with the role in the source that may read its models.

    `region` is the region of the source; None if it is the region of this environment.
    """

    environment: str
    role_arn: Arn
    region: str | None = None


class ModelRegistry(_Section):
    """Model registry: bucket of submitted models, repository of serving images, and gates.

    With `approval`, only approved versions can be promoted to this environment or become `champion`. With
    `separate_approver`, the approver must not be the submitter.
    """

    bucket: str
    models_prefix: KeyPrefix
    images_url: str
    gates: ModelGates = ModelGates()
    approval: bool = False
    separate_approver: bool | None = None
    promotes_from: PromotionSource | None = None


class Tunnel(_Section):
    """The ECS task that a laptop starts to reach the private database through Session Manager."""

    cluster_arn: Arn
    task_definition_arn: Arn
    subnet_ids: tuple[str, ...]
    security_group_id: str
    public_address: bool


class TrainingPipelines(_Section):
    """The deployed pipelines. The ARN of a pipeline's state machine is derived from its name.

    State machines of pipelines in Python have the tags `PIPELINE_TAG` and `FOLDER_TAG`.
    """

    names: tuple[str, ...]
    state_machine_prefix: Arn
    """The prefix of the ARN of each state machine, followed by the name of the pipeline."""
    schedule_group: str

    def state_machine_arn(self, name: str) -> str:
        """Return the ARN of the state machine of a pipeline."""
        return f"{self.state_machine_prefix}{name}"


class Roles(_Section):
    """The IAM roles of people and machines. Roles of promotion exist only if models are promoted."""

    scientist_arn: Arn
    job_arn: Arn
    promotion_arn: Arn | None = None
    promotion_source_arn: Arn | None = None
    ci_plan_arn: Arn
    ci_deploy_arn: Arn


class Sdk(_Section):
    """The release of the SDK in the artifact bucket, which jobs run and users can install."""

    release_prefix: KeyPrefix
    dependencies_prefix: KeyPrefix


class PlatformManifest(_Section):
    """The resources of an environment, for the code that uses it.

    Sections of capabilities that the environment can do without are None in `<section>_or_none`. The attribute
    without this suffix raises an error that states how to switch the capability on. `disabled` lists what is off.
    """

    version: int = MANIFEST_VERSION
    oldest_reader: int = OLDEST_READER
    environment: str
    account: AccountId
    region: str
    stack_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    disabled: tuple[str, ...] = ()
    encryption: EncryptionKey
    network: Network
    artifacts: ArtifactBucket
    metadata: MetadataDatabase
    features_or_none: FeatureStore | None = Field(default=None, alias="features")
    compute: TrainingCompute
    registry_or_none: ModelRegistry | None = Field(default=None, alias="registry")
    pipelines_or_none: TrainingPipelines | None = Field(default=None, alias="pipelines")
    tunnel_or_none: Tunnel | None = Field(default=None, alias="tunnel")
    roles: Roles
    sdk: Sdk | None = None
    extensions: Mapping[str, Mapping[str, JsonValue]] | None = None
    tags: Mapping[str, str] | None = None
    """The tags of all resources. None of environments of earlier releases."""

    @property
    def job_tags(self) -> dict[str, str]:
        """The tags that each job gets when it is submitted."""
        return {**(self.tags or {}), "environment": self.environment}

    @property
    def features(self) -> FeatureStore:
        """The dataset and feature repository.

        Raises:
            CapabilityDisabledError: The environment has none.
        """
        return self._enabled("features", self.features_or_none)

    @property
    def registry(self) -> ModelRegistry:
        """The model registry.

        Raises:
            CapabilityDisabledError: The environment has none.
        """
        return self._enabled("registry", self.registry_or_none)

    @property
    def pipelines(self) -> TrainingPipelines:
        """The deployed pipelines.

        Raises:
            CapabilityDisabledError: The environment has none.
        """
        return self._enabled("pipelines", self.pipelines_or_none)

    @property
    def tunnel(self) -> Tunnel:
        """The task through which a laptop reaches the database.

        Raises:
            CapabilityDisabledError: The environment has none.
        """
        return self._enabled("tunnel", self.tunnel_or_none)

    def check_enabled(self, capability: Capability) -> None:
        """Check that the environment has a capability.

        Raises:
            CapabilityDisabledError: The environment's file switches it off.
        """
        if capability in self.disabled:
            raise self._disabled(capability)

    def _enabled(self, capability: Capability, section: _SectionT | None) -> _SectionT:
        if section is None:
            raise self._disabled(capability)
        return section

    def _disabled(self, capability: Capability) -> CapabilityDisabledError:
        name, setting = _SWITCHES[capability]
        return CapabilityDisabledError(
            f"the environment {self.environment} has no {name}: its file switches this off",
            remedy=f"write {setting} in environments/{self.environment}.toml, and deploy the environment",
        )


def oldest_reader_of(
    *, egress: Egress, disabled: Collection[Capability] = (), pool_job_definitions: bool = False
) -> int:
    """Return the version of the oldest reader that understands the manifest of an environment with these values.

    Args:
        egress: The path of jobs to the internet.
        disabled: The capabilities that the environment does not have.
        pool_job_definitions: Whether a pool has job definitions of its own. Earlier readers would submit jobs with
            others, which cannot start in it.
    """
    complete = _SECTIONS_OF_VERSION_2.isdisjoint(disabled)
    old = egress in _EGRESS_OF_VERSION_2 and complete and not pool_job_definitions
    return OLDEST_READER if old else 3


def parse_manifest(text: str, *, source: str) -> PlatformManifest:
    """Return the manifest in the value of its SSM parameter.

    Args:
        text: The value of the parameter, a JSON object.
        source: The origin of the text, for errors.

    Raises:
        ManifestTooNewError: The manifest requires a later reader than `MANIFEST_VERSION`.
        ManifestMalformedError: The text is not a valid manifest. The error lists all problems.
    """
    document = _document(text, source=source)
    oldest_reader = document.get("oldest_reader", document["version"])
    if not isinstance(oldest_reader, int) or oldest_reader > MANIFEST_VERSION:
        raise ManifestTooNewError(
            f"{source} has version {document['version']}, which SDKs from version {oldest_reader} on can read; this "
            f"Terrarium reads version {MANIFEST_VERSION}",
            remedy=f"install the SDK that the environment serves: {_install_command(document)}",
        )
    try:
        return PlatformManifest.model_validate_json(text, extra="ignore")
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise _malformed(f"{source} is malformed:\n{problems}") from error


def _install_command(document: Mapping[str, Any]) -> str:
    """Return the command that installs the release in a manifest of any version."""
    try:
        return install_commands(
            bucket=document["artifacts"]["bucket"],
            release_prefix=document["sdk"]["release_prefix"],
            dependencies_prefix=document["sdk"]["dependencies_prefix"],
        )[0]
    except (KeyError, TypeError):
        return "ask the team that deploys it for the commands, which `terrarium describe` prints there"


def _document(text: str, *, source: str) -> Mapping[str, Any]:
    try:
        document = read_json(text)
    except JsonUnreadableError as error:
        raise _malformed(f"{source} is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise _malformed(f"{source} does not state its version")
    return document


def _malformed(problem: str) -> ManifestMalformedError:
    return ManifestMalformedError(
        problem,
        remedy="only `cdktf deploy` writes this parameter: deploy the environment again",
    )
