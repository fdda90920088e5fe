"""Physical names and ARNs of an environment, within the length limits of AWS.

Names are contract: changing one replaces the resource, and a stateful resource loses its data.
"""

import hashlib
from enum import IntEnum
from typing import Final, NamedTuple, Self

from environments import Environment
from environments.regions import dns_suffix_of, partition_of

__all__ = ["STATE_KEY", "Limit", "Names"]

STATE_KEY: Final = "terraform.tfstate"
"""The key of Terraform's state in its bucket."""


_DIGEST_LENGTH = 8


class Limit(IntEnum):
    """The longest name that AWS accepts, in characters, by type of resource."""

    ALARM = 255
    ATHENA_WORKGROUP = 128
    BATCH = 128
    BUDGET = 100
    DASHBOARD = 255
    DYNAMODB_TABLE = 255
    ECR_REPOSITORY = 256
    ECS = 255
    EVENT_RULE = 64
    GLUE_DATABASE = 252
    LOG_GROUP = 480
    SAGEMAKER = 63
    SCHEDULE = 64
    SNS_TOPIC = 256
    SQS_QUEUE = 80
    STATE_MACHINE = 80
    S3_BUCKET = 63
    IAM_ROLE = 64
    IAM_POLICY = 128
    RDS_IDENTIFIER = 63
    SECURITY_GROUP = 255
    KMS_ALIAS = 256
    PLACEMENT_GROUP = 255
    TAG_VALUE = 256
    TRAIL = 128


class Names(NamedTuple):
    """Names of the resources of one environment, from its name, account and region and the prefix of all names.

    Of environments that share an account, no stem followed by a dash begins the stem of another
    (environments/shared_accounts.py): the patterns of one match no resource of another.

    Attributes:
        environment: The environment's name.
        account: Its AWS account.
        region: Its region.
        prefix: The beginning of all names.
        resource_name: The environment's part of the names; its name if empty.
        role_path: The path of its roles, of their policies and of its instance profile.
        key: The ARN of the existing key that encrypts its data; empty if the stack creates the key.
    """

    environment: str
    account: str
    region: str
    prefix: str = "terrarium"
    resource_name: str = ""
    role_path: str = "/"
    key: str = ""

    @classmethod
    def of(cls, config: Environment) -> Self:
        """Return the names of an environment's resources."""
        return cls(
            config.name,
            config.account,
            config.region,
            config.name_prefix,
            config.resource_name or "",
            role_path=config.access.role_path,
            key=config.encryption.key_arn or "",
        )

    @property
    def stem(self) -> str:
        """The beginning of every physical name, such as `terrarium-dev`. A dash follows."""
        return f"{self.prefix}-{self.resource_name or self.environment}"

    @property
    def pattern(self) -> str:
        """The pattern that every physical name of the environment matches, for IAM resources."""
        return f"{self.stem}-*"

    @property
    def sql_pattern(self) -> str:
        """`pattern` for names in SQL, which have no dashes: those of the Glue catalog."""
        return self.pattern.replace("-", "_")

    def in_pattern(self, pattern: str) -> str:
        """Return an ARN pattern with the environment's names.

        Args:
            pattern: `{name}` stands for `pattern`, `{name_}` for `sql_pattern`, `{logs}` for the path of log groups,
                `{parameters}` for the path of SSM parameters, without the slash at its beginning, `{environment}` for
                the environment's name.
        """
        return pattern.format(
            name=self.pattern,
            name_=self.sql_pattern,
            environment=self.environment,
            logs=self.log_group("*"),
            parameters=self.parameter("*").removeprefix("/"),
        )

    def log_group(self, part: str) -> str:
        """Return the name of a log group: `/<prefix>/<environment>/<part>`."""
        return f"/{self.prefix}/{self.environment}/{part}"

    def parameter(self, part: str) -> str:
        """Return the name of an SSM parameter. Its path has no other prefix: the SDK knows the environment's name only.

        Args:
            part: The last part, such as `manifest`.
        """
        return f"/terrarium/{self.environment}/{part}"

    def physical(self, part: str, *, limit: Limit) -> str:
        """Return `<stem>-<part>`, cut to `limit` with a digest of the whole name if it is longer."""
        return _cut(f"{self.stem}-{part}", limit)

    def bucket(self, part: str) -> str:
        """Return the name of a bucket, which contains the account: all AWS accounts share the names of buckets."""
        return _cut(f"{self.stem}-{part}-{self.account}", Limit.S3_BUCKET)

    @property
    def partition(self) -> str:
        """The partition of the region, such as `aws`: the second part of every ARN."""
        return partition_of(self.region) or "aws"

    @property
    def dns_suffix(self) -> str:
        """The domain of the endpoints in the region, such as `amazonaws.com`."""
        return dns_suffix_of(self.region) or "amazonaws.com"

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """Return the ARN of a resource of the environment's account, in its region unless the service is global."""
        return self.foreign_arn(service, self.region if regional else "", self.account, resource)

    def foreign_arn(self, service: str, region: str, account: str, resource: str) -> str:
        """Return the ARN of a resource of any region and account of the partition: `*`, or empty for none."""
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def bucket_arn(self, name: str) -> str:
        """Return the ARN of the bucket `name`, or of the buckets that match this pattern."""
        return self.foreign_arn("s3", "", "", name)

    def root_arn(self, account: str) -> str:
        """Return the ARN by which a policy names all principals of an account."""
        return self.foreign_arn("iam", "", account, "root")

    def via(self, service: str) -> tuple[str, ...]:
        """Return the values of `kms:ViaService` for requests that a service makes, such as `ssm`.

        Sources differ on the domain in the partition aws-cn, so that both forms are allowed there.
        """
        domains = dict.fromkeys(("amazonaws.com", self.dns_suffix))
        return tuple(f"{service}.{self.region}.{domain}" for domain in domains)

    def identity(self, kind: str, name: str) -> str:
        """Return the ARN of a `role`, `policy` or `instance-profile` of the environment, with their path."""
        return self.arn("iam", f"{kind}{self.role_path}{name}", regional=False)

    @property
    def state_bucket(self) -> str:
        """The bucket of Terraform's state, which belongs to no stack."""
        return self.bucket("state")

    @property
    def trail(self) -> str:
        """The name of the audit trail."""
        return self.physical("audit", limit=Limit.TRAIL)

    @property
    def trail_arn(self) -> str:
        """The audit trail's ARN. Its key and its bucket admit this trail before it exists, and no other."""
        return self.arn("cloudtrail", f"trail/{self.trail}")


def _cut(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: limit - _DIGEST_LENGTH - 1].rstrip('-')}-{digest}"
