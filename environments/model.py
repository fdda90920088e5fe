"""The typed model of one environment.

Every section's fields without a default here take it from the environment's tier (`environments/tiers.py`),
so that a file states only what differs.
"""

import re
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from environments.tiers import Tier

__all__ = [
    "Access",
    "AccountId",
    "Artifacts",
    "Encryption",
    "Environment",
    "LogRetentionDays",
    "MetadataDatabase",
    "Network",
]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs can keep a log group's events (its API accepts only these)."""

AccountId = Annotated[str, Field(pattern=r"^\d{12}$", description="an AWS account id: 12 digits, quoted")]


def _private_network(network: IPv4Network) -> IPv4Network:
    if not network.is_private or not 16 <= network.prefixlen <= 20:
        raise ValueError("must be a private IPv4 network between /16 and /20, such as 10.10.0.0/16")
    return network


def _github_repository(repository: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise ValueError("must be a GitHub repository, such as acme/ml-platform")
    return repository


def _half_capacity_units(capacity: float) -> float:
    if capacity * 2 != int(capacity * 2):
        raise ValueError("must be a multiple of 0.5 Aurora capacity units")
    return capacity


CapacityUnits = Annotated[float, Field(ge=0, le=256), AfterValidator(_half_capacity_units)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Encryption(_Section):
    """The customer-managed KMS key of the environment."""

    deletion_window_days: Annotated[int, Field(ge=7, le=30)]
    """Days between scheduling the key's deletion and losing everything it encrypts. Omitted: by tier."""


class Network(_Section):
    """The private network that databases and jobs live in."""

    cidr: Annotated[IPv4Network, AfterValidator(_private_network)]
    """The VPC's address range. Required: environments that may be peered one day must not overlap."""

    availability_zones: Annotated[int, Field(ge=2, le=3)]
    """Number of zones with a private subnet each; Aurora needs two. Omitted: by tier."""

    egress: Literal["none", "nat", "nat-per-zone"]
    """The way out to the internet, and what it costs when idle (us-east-1, per month).

    `none`: only S3 and DynamoDB, through gateway endpoints; free. `nat`: one NAT gateway, about 33 USD, and a zone's
    failure cuts off the others. `nat-per-zone`: about 33 USD for each zone. Omitted: by tier (`none`).
    """

    log_retention_days: LogRetentionDays
    """Days that flow logs are kept. Omitted: by tier."""


class Artifacts(_Section):
    """The bucket of artifacts."""

    protected: bool
    """Whether Terraform refuses to destroy the bucket; if not, destroying it deletes its objects. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that overwritten and deleted versions are kept. Omitted: by tier."""


class MetadataDatabase(_Section):
    """The Aurora PostgreSQL Serverless v2 cluster behind tracking and registry."""

    protected: bool
    """Deletion protection, a final snapshot, and Terraform's refusal to destroy. Omitted: by tier."""

    engine_version: Annotated[str, Field(pattern=r"^\d{2}\.\d{1,2}$")] = "16.6"
    """Aurora PostgreSQL's version. Omitted: 16.6 (scaling to zero needs 16.3 or newer)."""

    minimum_capacity: CapacityUnits
    """Aurora capacity units when idle (2 GiB of memory each); 0 pauses the cluster. Omitted: by tier."""

    maximum_capacity: CapacityUnits
    """Aurora capacity units under load, at least 1. Omitted: by tier."""

    auto_pause_seconds: Annotated[int, Field(ge=300, le=86400)] = 300
    """Idle seconds before a cluster with minimum capacity 0 pauses. Omitted: 300, the least that AWS allows."""

    instances: Annotated[int, Field(ge=1, le=5)]
    """Instances, the writer included; two survive the loss of a zone. Omitted: by tier."""

    backup_retention_days: Annotated[int, Field(ge=1, le=35)]
    """Days that point-in-time recovery reaches back. Omitted: by tier."""

    log_retention_days: LogRetentionDays
    """Days that the database's logs are kept. Omitted: by tier."""

    @model_validator(mode="after")
    def _capacity_is_a_range(self) -> Self:
        if self.maximum_capacity < max(1, self.minimum_capacity):
            raise ValueError("maximum_capacity must be at least 1 and at least minimum_capacity")
        return self


class Access(_Section):
    """Who may assume the environment's roles."""

    scientists: tuple[Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:iam::\d{12}:(role|user)/.+$")], ...] = ()
    """IAM principals that may assume the scientist role. Omitted: whomever the account's own IAM allows to."""

    github_repository: Annotated[str, AfterValidator(_github_repository)] | None = None
    """The repository whose workflows may assume the CI roles, as `owner/name`. Omitted: no workflow may."""


class Environment(_Section):
    """One environment of the platform: one account, one stack, one file."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
    """Taken from the file's name: up to 16 lower-case letters, digits and dashes."""

    account: AccountId
    """The only account this environment can be deployed to. Required."""

    region: Annotated[
        str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="an AWS region, such as eu-west-1")
    ]
    """The region of everything. Required."""

    tier: Tier
    """What is promised, and so the defaults of every section. Required."""

    owner: Annotated[str, Field(min_length=1, max_length=128)]
    """The team that answers for it: the tag `owner`. Required."""

    cost_center: Annotated[str, Field(min_length=1, max_length=128)]
    """Who pays: the tag `cost-center`. Required."""

    use_case: Annotated[str, Field(min_length=1, max_length=128)] = "shared"
    """What it serves: the tag `use-case`. Omitted: `shared`."""

    encryption: Encryption
    network: Network
    artifacts: Artifacts
    metadata: MetadataDatabase
    access: Access = Access()

    @property
    def tags(self) -> dict[str, str]:
        """The tags that every resource carries."""
        return {
            "environment": self.name,
            "use-case": self.use_case,
            "owner": self.owner,
            "cost-center": self.cost_center,
            "managed-by": "terrarium",
        }
