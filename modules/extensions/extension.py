"""`Extension`: the base class of a company's own constructs."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct
from pydantic import JsonValue

from environments.sections.section import Section
from modules.extensions.collaborators import Collaborators
from modules.extensions.permissions import ServicePermissions
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Limit
from modules.resource_type import Cost, ResourceType

__all__ = ["PREFIX", "Extension", "ExtensionConfig"]

PREFIX = "extension-"
"""The beginning of the construct ids of extensions. No construct of the kit has such an id."""


class ExtensionConfig(Section):
    """The fields of an extension in the environment's file, `[extensions.config]`: derive a model from it.

    It is a frozen pydantic model without unknown fields.
    """


class Extension(Construct):
    """A construct of your company in the stack of an environment.

    Derive a class, name it in the environment's file, and create resources in `__init__` after
    `super().__init__(scope, id, config=config, collaborators=collaborators)`.

    Args:
        scope: The stack.
        id: Its id there: `extension-<name>`.
        config: The validated `config` of the environment's file.
        collaborators: The constructs of the platform.
    """

    config_model: ClassVar[type[ExtensionConfig]] = ExtensionConfig
    """The model that `config` of the environment's file is validated against. Defaults to one without fields."""

    permissions: ClassVar[Sequence[ServicePermissions]] = ()
    """The permissions that it needs besides those of the kit. Defaults to none."""

    key_services: ClassVar[Sequence[str]] = ()
    """The AWS services that encrypt with the environment's key on their own, such as `sns.amazonaws.com` for a topic
    that delivers to an encrypted queue: the key's policy admits them for this account. Defaults to none."""

    resource_types: ClassVar[Mapping[str, ResourceType]] = {}
    """The Terraform types that the kit does not use, by name, such as `aws_lambda_function`. Defaults to none."""

    policies: ClassVar[str | None] = None
    """The import path of a tuple of `policies.policy.Policy`, which `terrarium policy` checks in every stack with this
    extension: `package.module:POLICIES`. Defaults to none."""

    drift_checks: ClassVar[str | None] = None
    """The import path of a tuple of functions that `terrarium drift` calls: each takes an
    `operations.drift.deployed.Deployed` and yields an `Addition` for each thing in the account that the stack does not
    contain. Defaults to none."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ExtensionConfig,
        collaborators: Collaborators,
    ) -> None:
        super().__init__(scope, id)
        self.config = config
        self.extension_name = id.removeprefix(PREFIX)
        self.collaborators = collaborators

    @classmethod
    def cost(cls, config: Any) -> Cost:  # noqa: ARG003 - subclasses use it
        """Return what `terrarium cost` adds to the rates of the resources that the kit knows. Defaults to nothing.

        Args:
            config: The validated `config`, a `config_model`.
        """
        return Cost(idle=0, typical=0)

    @property
    def manifest(self) -> Mapping[str, JsonValue]:
        """The values in `lab.extensions["<name>"]`: names, ARNs and addresses, and no secrets. Defaults to none."""
        return {}

    @property
    def outputs(self) -> Mapping[str, JsonValue]:
        """The values of the Terraform output `extension_<name>`. Defaults to those of `manifest`."""
        return self.manifest

    def physical_name(self, part: str, *, limit: Limit) -> str:
        """Return the physical name of a resource: `<prefix>-<environment>-ext-<name>-<part>`, cut to the limit of AWS.

        The declared permissions are about resources of such names.
        """
        return self.collaborators.names.physical(f"ext-{self.extension_name}-{part}", limit=limit)

    def bucket_name(self, part: str) -> str:
        """Return the name of a bucket, which contains the account."""
        return self.collaborators.names.bucket(f"ext-{self.extension_name}-{part}")

    def log_group_name(self, part: str) -> str:
        """Return the name of a log group, which roles of the platform may be granted to write to."""
        return self.collaborators.names.log_group(f"ext-{self.extension_name}-{part}")

    def role(self, id: str, *, trust: tuple[Statement, ...], session_hours: int = 1) -> Role:
        """Create a role of the extension, with the permissions boundary of the platform's roles.

        Args:
            id: Its id in the extension, and the end of its name.
            trust: The statements of its trust policy: `trust_of_services(…)`.
            session_hours: The longest duration of a session, from 1 to 12 hours.
        """
        return Role(
            self,
            id,
            names=self.collaborators.names,
            name=f"ext-{self.extension_name}-{id}",
            trust=trust,
            boundary=self.collaborators.boundary,
            session_hours=session_hours,
        )

    def grant(self, role: Role, grant: str, *statements: Statement) -> tuple[Statement, ...]:
        """Grant permissions to a role of the platform or of the extension.

        Args:
            role: `collaborators.job`, or a role from `role()`.
            grant: The name of the grant, such as `publish`.
            statements: The statements. The boundary must admit them: see `permissions`.

        Returns:
            The statements.
        """
        return role.allow(f"ext-{self.extension_name}-{grant}", *statements)

    def alarm(
        self,
        id: str,
        *,
        description: str,
        namespace: str,
        metric: str,
        dimensions: dict[str, str],
        threshold: float,
        statistic: str = "Sum",
        above: bool = True,
        periods: int = 1,
        period_seconds: int = 300,
    ) -> CloudwatchMetricAlarm:
        """Add an alarm that notifies the operators of the environment. The arguments are those of `Alarms.add`."""
        return self.collaborators.alarms.add(
            f"ext-{self.extension_name}-{id}",
            description=description,
            namespace=namespace,
            metric=metric,
            dimensions=dimensions,
            threshold=threshold,
            statistic=statistic,
            above=above,
            periods=periods,
            period_seconds=period_seconds,
        )
