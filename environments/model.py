"""The typed model of one environment.

A field without a default of its own takes the default of the environment's tier (`environments/tiers.py`). So a file
contains only what differs from its tier.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import permutations
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.instance_classes import SERVERLESS, instance_classes
from environments.regions import partition_of
from environments.sections.access import Access
from environments.sections.artifacts import Artifacts
from environments.sections.audit import Audit
from environments.sections.compute import Compute
from environments.sections.delivery import Delivery
from environments.sections.encryption import Encryption
from environments.sections.extensions import Extension
from environments.sections.features import Features
from environments.sections.metadata import MetadataDatabase
from environments.sections.network import Network
from environments.sections.observability import Observability
from environments.sections.pipelines import Pipeline, TrainingPipelines
from environments.sections.registry import Registry
from environments.sections.section import Section, Tag
from environments.sections.tags import MOST_TAGS, check_tags, with_company_tags
from environments.sections.tunnel import Tunnel
from environments.sections.workbench import Workbench
from environments.tiers import Tier
from terrarium.egress import REACH
from terrarium.manifest import AccountId, Capability

__all__ = ["Environment"]


_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def _known_region(region: str) -> str:
    partition = partition_of(region)
    if partition is None:
        raise ValueError("must be an AWS region, such as eu-central-1")
    if partition not in _PARTITIONS:
        raise ValueError(
            f"must be a region of the partitions {', '.join(_PARTITIONS)}, such as eu-central-1: {region} is in "
            f"{partition}, for which no stack has been synthesized"
        )
    return region


def _without_duplicates(pipelines: tuple[Pipeline, ...]) -> tuple[Pipeline, ...]:
    _refuse_duplicates("pipeline", [pipeline.name for pipeline in pipelines])
    return pipelines


def _without_duplicate_extensions(extensions: tuple[Extension, ...]) -> tuple[Extension, ...]:
    names = [extension.name for extension in extensions]
    _refuse_duplicates("extension", names)
    for one, other in permutations(names, 2):
        if other.startswith(f"{one}-"):
            raise ValueError(
                f"must not name one extension {one!r} and another {other!r}: names of their resources could be the same"
            )
    return extensions


def _refuse_duplicates(kind: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"must name every {kind} once, not {', '.join(twice)} twice")


def _holds_protected_data(
    section: Artifacts | Audit | Compute | Features | MetadataDatabase | Registry,
) -> bool:
    return section.protected and getattr(section, "enabled", True)


_ANOTHER_ENVIRONMENT = Change(
    effect="refused",
    how="It would be another environment: describe that in a new file, deploy it, copy the data, and destroy this one.",
)

# `terrarium-` and a name of 16 characters: parts of names that fit after them fit after every prefix, within the limits
# of all services (63 characters for a bucket, 64 for a role, 80 for a state machine).
_STEM_LENGTH = 26
# EC2 refuses names of security groups that begin with `sg-`; CloudWatch Logs reserves `/aws/`; S3 refuses names of
# buckets that begin with `sthree-` or `amzn-s3-demo-` (their API references and user guides).
_RESERVED_PREFIXES = ("amazon", "amzn", "aws", "sg", "sthree")


def _name_prefix(prefix: str) -> str:
    if prefix.partition("-")[0] in _RESERVED_PREFIXES:
        raise ValueError(f"must not begin with {prefix.partition('-')[0]}, which AWS reserves")
    return prefix


class Environment(Section):
    """One environment of the platform: one account, one stack, one file."""

    # RDS refuses identifiers with two hyphens in a row or one at the end (API of CreateDBCluster).
    name: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16),
        _ANOTHER_ENVIRONMENT,
    ]
    """The file's name without `.toml`: up to 16 lower-case letters, digits and single dashes between them."""

    account: Annotated[
        AccountId,
        _ANOTHER_ENVIRONMENT,
    ]
    """The AWS account of the environment. Deployments to another account are refused. Required."""

    region: Annotated[
        str,
        AfterValidator(_known_region),
        _ANOTHER_ENVIRONMENT,
    ]
    """The AWS region of all resources. Required."""

    name_prefix: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=20),
        AfterValidator(_name_prefix),
        _ANOTHER_ENVIRONMENT,
    ] = "terrarium"
    """The beginning of the names of all resources, and of the paths of log groups: 2 to 20 lower-case letters, digits
    and single dashes between them; with the environment's part of the names at most 25. SSM parameters stay below
    `/terrarium/<environment>/`, where the SDK looks for them. Defaults to `terrarium`."""

    resource_name: Annotated[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=16)] | None,
        _ANOTHER_ENVIRONMENT,
    ] = None
    """The environment's part of the names of its resources, lower-case letters and digits without dashes, such as
    `prodeu` for the environment `prod-eu`. Needed where names in one account would begin with each other. Defaults to
    the environment's name."""

    tier: Annotated[
        Tier,
        Change(
            effect="in place", how="Every field that the file leaves to the tier changes as the field states."
        ),
    ]
    """The tier: durability, availability, retention and protection, as defaults of every section. Required."""

    owner: Annotated[Tag, IN_PLACE]
    """The team that is responsible for the environment: the tag `owner`. Required."""

    cost_center: Annotated[Tag, IN_PLACE]
    """The cost center that is charged: the tag `cost-center`. Required."""

    use_case: Annotated[Tag, IN_PLACE] = "shared"
    """The use case: the tag `use-case`. Defaults to `shared`."""

    tags: Annotated[Mapping[str, str], Field(max_length=MOST_TAGS), AfterValidator(check_tags), IN_PLACE] = {}
    """Tags that your company prescribes, besides the kit's `environment`, `use-case`, `owner`, `cost-center` and
    `managed-by`, on all resources, instances and jobs: up to 20. A key such as `Owner` replaces the kit's `owner`.
    Defaults to none."""

    protected: Annotated[bool | None, IN_PLACE] = None
    """Whether what holds data refuses to be destroyed: the default of `protected` in every section. Defaults to the
    tier's. `false` in the last deployment before `cdktf destroy`."""

    encryption: Encryption
    network: Network
    artifacts: Artifacts
    metadata: MetadataDatabase
    features: Features
    compute: Compute
    registry: Registry
    workbench: Workbench
    observability: Observability
    audit: Audit
    pipelines: Annotated[
        tuple[Pipeline, ...],
        AfterValidator(_without_duplicates),
        Change(
            effect="deleted",
            how="A removed pipeline is deleted with the history of its executions.",
            case="removed",
        ),
        IN_PLACE,
    ] = ()
    """The training pipelines that are deployed with the environment. Defaults to none."""

    extensions: Annotated[
        tuple[Extension, ...],
        AfterValidator(_without_duplicate_extensions),
        Change(effect="deleted", how="A removed extension is deleted with what it holds.", case="removed"),
        Change(
            effect="in place",
            how="An administrator deploys a new extension first: it changes the permissions boundaries and the roles "
            "of CI.",
        ),
    ] = ()
    """Constructs of your company that are deployed with the environment. Defaults to none."""

    training_pipelines: TrainingPipelines = TrainingPipelines()
    tunnel: Tunnel = Tunnel()
    access: Access
    delivery: Delivery = Delivery()

    @model_validator(mode="after")
    def _check_length_of_names(self) -> Self:
        longest = _STEM_LENGTH - len("-")
        if len(self.name_prefix) + len(self.resource_name or self.name) > longest:
            raise ValueError(
                f"the names of resources would begin with {self.name_stem!r}, which is too long for names of buckets "
                f"and roles: at most {_STEM_LENGTH} characters. Shorten name_prefix, or set resource_name to a shorter "
                "name of the environment"
            )
        return self

    @model_validator(mode="after")
    def _check_egress_of_multi_node_pools(self) -> Self:
        # Batch uses the network mode awsvpc for the nodes of multi-node jobs: each has a task network interface.
        spanning = [pool.name for pool in self.compute.pools if pool.nodes > 1]
        if spanning and not REACH[self.network.egress].task_networks:
            others = [f'"{choice}"' for choice, reach in REACH.items() if reach.task_networks]
            raise ValueError(
                f'network.egress "{self.network.egress}" does not work with pools of more than one node per job '
                f"({', '.join(spanning)}): their nodes get no public address and reach no AWS service. "
                f"Set network.egress to {', '.join(others[:-1])} or {others[-1]}, or nodes to 1"
            )
        return self

    @model_validator(mode="after")
    def _check_zones_of_pools(self) -> Self:
        if self.network.existing.is_given:
            return self  # Terraform may look its subnets up
        zones = self.network.availability_zones
        for pool in self.compute.pools:
            if pool.zone is not None and pool.zone >= zones:
                raise ValueError(
                    f"compute.pools.{pool.name}.zone {pool.zone} does not exist: the network has the zones 0 to "
                    f"{zones - 1}"
                )
        return self

    @model_validator(mode="after")
    def _check_region_of_snapshot(self) -> Self:
        snapshot = self.metadata.restore_from_snapshot or ""
        if snapshot.startswith("arn:") and snapshot.split(":")[3] != self.region:
            raise ValueError(
                f"metadata.restore_from_snapshot is in {snapshot.split(':')[3]}, and the environment in {self.region}: "
                f"copy the snapshot first, with `aws rds copy-db-cluster-snapshot --region {self.region}`"
            )
        return self

    @model_validator(mode="after")
    def _check_instance_classes(self) -> Self:
        database = self.metadata
        given = {
            "instance_class": database.instance_class,
            "reader_instance_class": database.reader_instance_class or SERVERLESS,
        }
        for field, value in given.items():
            if value == SERVERLESS:
                continue
            known = instance_classes(self.region, database.version)
            if known and value not in known:
                # The classes of the same size, or those that are written almost like it: the list is long.
                size = value.rpartition(".")[2]
                similar = sorted(one for one in known if one.endswith(f".{size}"))
                similar = similar or get_close_matches(value, sorted(known), cutoff=0)
                raise ValueError(
                    f"metadata.{field} {value!r} is not a class of Aurora PostgreSQL {database.version} in "
                    f"{self.region}: choose one of {', '.join(similar)}"
                )
        return self

    @model_validator(mode="after")
    def _check_place_of_key(self) -> Self:
        arn = self.encryption.key_arn
        if arn is not None and arn.split(":")[3:5] != [self.region, self.account]:
            raise ValueError(
                f"encryption.key_arn is {arn}: the key must be in the region {self.region} and the account "
                f"{self.account} of the environment. Instances of Batch cannot use encrypted disks of another "
                "account's key without a grant that its owner creates for each Auto Scaling role"
            )
        return self

    @model_validator(mode="after")
    def _check_budget(self) -> Self:
        # CloudFormation's registry has no AWS::Budgets::Budget in the regions of GovCloud (schemas in cfn-lint 1.58).
        if self.observability.budget and partition_of(self.region) == "aws-us-gov":
            raise ValueError(
                f"observability.budget is true, but AWS Budgets does not exist in {self.region}: "
                "set observability.budget to false"
            )
        return self

    @model_validator(mode="after")
    def _check_protection_of_key(self) -> Self:
        sections = ("artifacts", "audit", "compute", "features", "metadata", "registry")
        protected = [name for name in sections if _holds_protected_data(getattr(self, name))]
        if protected and not self.encryption.protected:
            raise ValueError(
                f"encryption.protected must be true while {', '.join(protected)} "
                f"{'is' if len(protected) == 1 else 'are'} protected: without the key, what they hold is lost. Set "
                "encryption.protected to true, or protected of every section to false"
            )
        return self

    @model_validator(mode="after")
    def _check_switches(self) -> Self:
        if self.pipelines and not self.training_pipelines.enabled:
            raise ValueError(
                f"pipelines ({', '.join(pipeline.name for pipeline in self.pipelines)}) need "
                "training_pipelines.enabled = true. Remove every [[pipelines]], or switch training_pipelines on"
            )
        if self.registry.promotes_from and not self.registry.enabled:
            raise ValueError(
                f'registry.promotes_from = "{self.registry.promotes_from}" needs registry.enabled = true: models are '
                "promoted to a registry. Remove registry.promotes_from, or switch the registry on"
            )
        return self

    @property
    def disabled(self) -> tuple[Capability, ...]:
        """The capabilities that the file switches off."""
        switches: dict[Capability, bool] = {
            "audit": self.audit.enabled,
            "budget": self.observability.budget,
            "features": self.features.enabled,
            "pipelines": self.training_pipelines.enabled,
            "registry": self.registry.enabled,
            "tunnel": self.tunnel.enabled,
            "workbench": self.workbench.enabled,
        }
        return tuple(capability for capability, enabled in switches.items() if not enabled)

    @property
    def name_stem(self) -> str:
        """The beginning of the names of all resources, such as `terrarium-dev`. A dash follows."""
        return f"{self.name_prefix}-{self.resource_name or self.name}"

    @property
    def resource_tags(self) -> dict[str, str]:
        """The tags that every resource carries."""
        own = {
            "environment": self.name,
            "use-case": self.use_case,
            "owner": self.owner,
            "cost-center": self.cost_center,
            "managed-by": "terrarium",
        }
        return with_company_tags(own, self.tags)
