"""The role of people who approve models."""

from datetime import date

from constructs import Construct

from environments import Environment
from environments.sections.access import Access as AccessConfig
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.trust import trust_of_principals, trusts_account
from modules.manifest import grant_read_manifest
from modules.model_registry import ModelRegistry
from modules.names import Names
from modules.waivers import waive

__all__ = ["Approver", "needs_approver"]


def needs_approver(config: Environment, targets: tuple[Environment, ...]) -> bool:
    """Return whether an environment's champions, or promotions from it, need approvals."""
    return config.registry.enabled and any(one.registry.approval for one in (config, *targets))


class Approver(Construct):
    """The role `approver`. If approvals are needed, only this role may write them.

    It reads the registry's bucket, model cards included, and writes nothing else. It cannot submit models, so that a
    person needs two roles to approve their own model. `access.approvers` lists the principals that may assume it.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `access` of the environment's file.
        names: The names of the environment's resources.
        registry: The registry whose models it approves.
        encryption: The key that encrypts what it reads and writes.
        boundary: The permissions boundary of the role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AccessConfig,
        names: Names,
        registry: ModelRegistry,
        encryption: Encryption,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self.role = Role(
            self,
            "role",
            names=names,
            name="approver",
            trust=trust_of_principals(config.approvers, names=names),
            boundary=boundary,
        )
        if trusts_account(config.approvers):
            waive(
                self.role.resource,
                "CKV_AWS_61",
                owner="ml-platform",
                reason="Of this account, only principals that an administrator grants sts:AssumeRole on this role, "
                "or that match a pattern in access.approvers, by a condition; no other account and no "
                "service can assume it, and a permissions boundary limits the session",
                expires=date(2027, 11, 30),
            )
        registry.grant_read(self.role)
        registry.grant_approve(self.role)
        grant_read_manifest(self.role, names=names, encryption=encryption)
