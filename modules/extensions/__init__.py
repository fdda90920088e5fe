"""Public API for a company's own constructs. Only `stacks` and the packages of companies import it.

Names in `__all__` are stable: a release that removes or renames one, or changes its meaning, is a major version, and
the release before it warns (docs/reference/extensions.md).
"""

from modules.extensions.collaborators import Collaborators
from modules.extensions.extension import Extension, ExtensionConfig
from modules.extensions.permissions import ServicePermissions
from modules.iam.role import Role
from modules.iam.statement import Statement, policy_document
from modules.iam.trust import trust_of_services
from modules.log_group import LogGroup
from modules.names import Limit, Names
from modules.resource_type import Cost, ImportLookup, PlannedEffect, ResourceType
from modules.waivers import waive

__all__ = [
    "Collaborators",
    "Cost",
    "Extension",
    "ExtensionConfig",
    "ImportLookup",
    "Limit",
    "LogGroup",
    "Names",
    "PlannedEffect",
    "ResourceType",
    "Role",
    "ServicePermissions",
    "Statement",
    "policy_document",
    "trust_of_services",
    "waive",
]
