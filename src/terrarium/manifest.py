"""The contract between what provisions an environment and what uses it.

Terraform writes one `PlatformManifest` per environment into the Parameter Store; `terrarium.connect` reads
it. It holds names, addresses and ARNs, never a secret's value.

Stacks and SDKs are released apart. A reader ignores fields that it does not know, and the writer states the oldest
reader that understands what it wrote. So a change is one of two:

- a new field has a default, for manifests that lack it: raise `MANIFEST_VERSION`;
- a field is removed, renamed, or required from now on: raise `OLDEST_READER` too. SDKs that are older ask for an
  upgrade.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from terrarium.errors import ManifestMalformedError, ManifestTooNewError
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
    "ArtifactBucket",
    "ComputePool",
    "Egress",
    "EncryptionKey",
    "FeatureStore",
    "JobImage",
    "MetadataDatabase",
    "MetricThreshold",
    "ModelGates",
    "ModelRegistry",
    "Network",
    "PlatformManifest",
    "PromotionSource",
    "Purchase",
    "Roles",
    "Sdk",
    "TrainingCompute",
    "TrainingPipelines",
    "Tunnel",
    "manifest_environment",
    "manifest_parameter",
    "parse_manifest",
    "promotion_job_definition",
]

MANIFEST_VERSION: Final = 2
"""The version of the manifest that this release writes and reads."""
OLDEST_READER: Final = 2
"""The version of the oldest reader that understands what this release writes. Readers of version 1 refuse every field
that they do not know."""
BASE_IMAGE: Final = "base"
"""What the image is called that jobs run in unless they name another."""
OPERATION_TAG: Final = "operation"
"""Tag of jobs that operators start, such as the migration: nobody else ends these."""
PIPELINE_TAG: Final = "pipeline"
"""The tag of a state machine that names where its pipeline is written: `package.module:attribute`."""
FOLDER_TAG: Final = "folder"
"""The tag of a state machine that names the folder of the deployed checkout from which that is imported."""

PUBLISHED_PREFIX: Final = "published/"
"""The part of the artifact bucket with the code that deployed pipelines run. Of the platform's roles only `ci-deploy`
may write there: the bucket's policy denies it to all others."""
ATTESTATIONS_PREFIX: Final = "attestations/"
"""The prefix of the registry's bucket that holds attestations, below it one folder for each kind of them. A role writes
keys only that end with its own session's `aws:userid`."""

Arn = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$")]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
"""An AWS account id: 12 digits."""
Egress = Literal["none", "public-addresses", "nat", "nat-per-zone"]
"""How jobs reach the internet, and with it AWS' own services."""
Accelerator = Literal["none", "gpu"]
"""Whether the instances of a pool have NVIDIA GPUs."""
Purchase = Literal["on-demand", "spot"]
"""How the instances of a pool are bought."""
KeyPrefix = Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]+/)+$")]


_PARAMETER = re.compile(r"/terrarium/(?P<environment>[^/]+)/manifest")


def manifest_parameter(environment: str) -> str:
    """Return the name of the SSM parameter with the manifest of `environment`."""
    return f"/terrarium/{environment}/manifest"


def manifest_environment(parameter: str) -> str | None:
    """Return the environment whose manifest is in the SSM parameter of this name, if it is one."""
    match = _PARAMETER.fullmatch(parameter)
    return match["environment"] if match else None


def promotion_job_definition(environment: str) -> str:
    """Return the name of the Batch job definition that promotes models to `environment`."""
    return f"terrarium-{environment}-promotion"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncryptionKey(_Section):
    """The customer-managed KMS key that encrypts everything the environment stores."""

    key_arn: Arn


class Network(_Section):
    """The private network; `client_security_group_id` is what a job wears to reach the database.

    `egress` is how jobs reach the internet, AWS' own services included; None where the environment does not say.
    """

    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    client_security_group_id: str
    egress: Egress | None = None


class ArtifactBucket(_Section):
    """The versioned bucket of artifacts.

    MLflow keeps the artifacts of runs and models under `experiments_prefix`, `lab.artifacts` what is put by
    name under `artifacts_prefix`. Both end with a slash, and neither lies within the other.
    """

    bucket: str
    bucket_arn: Arn
    experiments_prefix: KeyPrefix
    artifacts_prefix: KeyPrefix


class MetadataDatabase(_Section):
    """The Aurora PostgreSQL cluster behind tracking and registry.

    `owner` owns the schema, `writer` records, `reader` looks; each is a database user that authenticates with
    an IAM token. `master_secret_arn` names the managed secret of the master user, for the deployer alone.
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

    `warehouse` is the `s3://` address under which tables are made; queries leave their results in the bucket that
    the workgroup enforces. The online table's key is (`entity`, `feature_view`); items end at `expires_at`.
    """

    warehouse: str
    catalog_database: str
    workgroup: str
    online_table: str


class ComputePool(_Section):
    """One Batch queue and the most that its instances offer together."""

    name: str
    queue_arn: Arn
    accelerator: Accelerator
    purchase: Purchase
    instance_types: tuple[str, ...]
    maximum_vcpus: int
    nodes: int


class JobImage(_Section):
    """An image that jobs can name, and what they are submitted with to run in it."""

    name: str
    image: str
    job_definition_arn: Arn
    multi_node_job_definition_arn: Arn | None = None


class TrainingCompute(_Section):
    """Pools and job definitions; the first two definitions have the base image."""

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
    """The environment whose models may be promoted to this one, and the role there that lets one read them.

    `region` is where that environment is; None where it is in the same region as this one.
    """

    environment: str
    role_arn: Arn
    region: str | None = None


class ModelRegistry(_Section):
    """Model registry: bucket of submitted models, repository of serving images, and gates.

    With `approval`, only versions that somebody approved can be promoted here, or become `champion`. With
    `separate_approver`, that somebody must be another than the submitter.
    """

    bucket: str
    models_prefix: KeyPrefix
    images_url: str
    gates: ModelGates = ModelGates()
    approval: bool = False
    separate_approver: bool | None = None
    promotes_from: PromotionSource | None = None


class Tunnel(_Section):
    """Task that a laptop starts to reach the private database through Session Manager."""

    cluster_arn: Arn
    task_definition_arn: Arn
    subnet_ids: tuple[str, ...]
    security_group_id: str
    public_address: bool


class TrainingPipelines(_Section):
    """The pipelines that are deployed with the environment, each as a state machine whose ARN follows from its name.

    Where a pipeline is written in Python, its state machine bears the tags `PIPELINE_TAG` and `FOLDER_TAG`.
    """

    names: tuple[str, ...]
    state_machine_prefix: Arn
    """What the ARN of every state machine begins with; the pipeline's name follows."""
    schedule_group: str

    def state_machine_arn(self, name: str) -> str:
        """Return the ARN of the state machine of a pipeline."""
        return f"{self.state_machine_prefix}{name}"


class Roles(_Section):
    """The IAM roles made for people and machines; those of promotion only where models are promoted."""

    scientist_arn: Arn
    job_arn: Arn
    promotion_arn: Arn | None = None
    promotion_source_arn: Arn | None = None
    ci_plan_arn: Arn
    ci_deploy_arn: Arn


class Sdk(_Section):
    """The release of the SDK that the environment serves, and that its jobs run, in the artifact bucket."""

    release_prefix: KeyPrefix
    dependencies_prefix: KeyPrefix


class PlatformManifest(_Section):
    """Everything an environment exposes to code that uses it."""

    version: int = MANIFEST_VERSION
    oldest_reader: int = OLDEST_READER
    environment: str
    account: AccountId
    region: str
    stack_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    encryption: EncryptionKey
    network: Network
    artifacts: ArtifactBucket
    metadata: MetadataDatabase
    features: FeatureStore
    compute: TrainingCompute
    registry: ModelRegistry
    pipelines: TrainingPipelines
    tunnel: Tunnel
    roles: Roles
    sdk: Sdk | None = None


def parse_manifest(text: str, *, source: str) -> PlatformManifest:
    """Read a manifest as it stands in the Parameter Store.

    Args:
        text: The parameter's value, a JSON object.
        source: Where it comes from; errors name it.

    Raises:
        ManifestTooNewError: It is for readers of a later version than `MANIFEST_VERSION`.
        ManifestMalformedError: It is not JSON, or not what its version promises; all problems are named.
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
        remedy="nothing but `cdktf deploy` writes this parameter: deploy the environment again",
    )
