"""Permissions that an extension declares, for the permissions boundary and for the roles of CI."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from modules.delivery.named_resources import Service
from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["ServicePermissions"]

_Action = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+\*?$")]
# Only the kit's own statements allow these: with them, a role could change its own permissions.
_RESERVED = frozenset({"iam", "organizations", "sts"})


class ServicePermissions(BaseModel):
    """The actions of one service that an extension needs, besides those of the kit.

    Example:
        >>> ServicePermissions(service="sns", resources=("{name}",), use=("Publish",))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """The prefix of the service in IAM, such as `sns`."""

    resources: Annotated[tuple[str, ...], Field(min_length=1)]
    """The resources, as the last part of their ARNs: `function:{name}`, where `{name}` matches every physical name of
    the extension. Or whole ARNs, for what the company already has. `*` for actions that take no resource."""

    use: tuple[_Action, ...] = ()
    """The actions that roles of the platform may be granted, without the prefix: `Publish`. The permissions boundary
    admits them; a role has them after a grant only. Defaults to none."""

    read: tuple[_Action, ...] = ()
    """The actions that Terraform calls to plan: `ci-plan` and `ci-deploy` are granted them. Defaults to none."""

    change: tuple[_Action, ...] = ()
    """The actions that Terraform calls to deploy: `ci-deploy` is granted them. Defaults to none."""

    regional: bool = True
    """Whether ARNs of the service contain the region. Defaults to true."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.service in _RESERVED:
            raise ValueError(
                f"an extension cannot declare permissions of {self.service}: create roles with Extension.role, and "
                "grant with Extension.grant"
            )
        if not (self.use or self.read or self.change):
            raise ValueError(f"the permissions of {self.service} name no action: write use, read or change")
        return self

    def of_roles(self, names: Names, *, pattern: str, sid: str) -> tuple[Statement, ...]:
        """Return the statement by which the permissions boundary of the platform's roles admits `use`, if any.

        Args:
            names: The names of the environment's resources.
            pattern: The pattern of the extension's physical names.
            sid: The id of the statement.
        """
        if not self.use:
            return ()
        resources = self.of_delivery(sid, pattern=pattern).resources(names)
        return (Statement(sid=sid, actions=self._named(self.use), resources=resources),)

    def of_delivery(self, title: str, *, pattern: str) -> Service:
        """Return the permissions as those of CI's roles.

        Args:
            title: The end of the ids of statements.
            pattern: The pattern of the extension's physical names.
        """
        return Service(
            title,
            self.service,
            self._named(self.read),
            self._named(self.change),
            tuple(resource.replace("{name}", pattern) for resource in self.resources),
            self.regional,
        )

    def _named(self, actions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{self.service}:{action}" for action in actions)
