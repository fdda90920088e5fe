"""Checks of an extension when its construct exists: grants within the boundary, and the size of its manifest entry."""

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from constructs import Construct

from modules.extensions.extension import Extension
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement
from terrarium.errors import InvalidRequestError

__all__ = ["ExtensionError", "GrantsBefore", "check_manifest"]

_MOST_BYTES = 1024  # of an extension's manifest entry; the whole parameter can have 8,192
_TOKEN = re.compile(r"\$\{[^}]*\}")
_REFERENCE = "x" * 110  # the longest ARN that a reference plausibly stands for


class ExtensionError(InvalidRequestError):
    """An extension does what the platform does not allow."""


class GrantsBefore:
    """The grants of all roles before an extension is created, to find those that it adds.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: Construct) -> None:
        self._stack = stack
        self._known = {role.node.path: set(role.grants) for role in _roles(stack)}

    def check(self, extension: Extension, boundary: PermissionsBoundary) -> None:
        """Check that the boundary admits every grant since then.

        A resource that is a reference counts as admitted if its action is: `terrarium policy` knows its ARN.

        Raises:
            ExtensionError: It does not admit a grant.
        """
        for role in _roles(self._stack):
            for grant in role.grants.keys() - self._known.get(role.node.path, set()):
                for statement in role.grants[grant]:
                    refused = sorted(_refused(statement, boundary.statements))
                    if refused:
                        raise _outside(extension, role, grant, refused)


def check_manifest(extension: Extension) -> None:
    """Check the size and the type of the values for the manifest.

    Raises:
        ExtensionError: They are no mapping of JSON values, or too long.
    """
    values = extension.manifest
    if not isinstance(values, Mapping):
        raise ExtensionError(
            f"the manifest of the extension {extension.extension_name!r} is a {type(values).__name__}",
            remedy="return a mapping of names to values from `manifest`",
        )
    try:
        text = json.dumps(dict(values))
    except (TypeError, ValueError) as error:
        raise ExtensionError(
            f"the manifest of the extension {extension.extension_name!r} is not JSON: {error}",
            remedy="return texts, numbers, booleans, lists and mappings from `manifest`",
        ) from error
    size = len(_TOKEN.sub(_REFERENCE, text).encode())
    if size > _MOST_BYTES:
        raise ExtensionError(
            f"the manifest of the extension {extension.extension_name!r} has {size} bytes (a reference counts as "
            f"{len(_REFERENCE)}), and {_MOST_BYTES} are allowed: the SSM parameter holds those of all extensions",
            remedy="write the values to a parameter of the extension, and only its name to `manifest`",
        )


def _roles(stack: Construct) -> list[Role]:
    return [construct for construct in stack.node.find_all() if isinstance(construct, Role)]


def _refused(statement: Statement, boundary: Iterable[Statement]) -> Iterable[str]:
    if statement.effect == "Deny":
        return
    allowed = [one for one in boundary if one.effect == "Allow"]
    for action in statement.actions:
        for resource in statement.resources:
            if not any(_covers(one, action, resource) for one in allowed):
                yield f"{action} on {_TOKEN.sub('<reference>', resource)}"


def _covers(rule: Statement, action: str, resource: str) -> bool:
    if not any(fnmatchcase(action.lower(), pattern.lower()) for pattern in rule.actions):
        return False
    return bool(_TOKEN.search(resource)) or any(fnmatchcase(resource, pattern) for pattern in rule.resources)


def _outside(extension: Extension, role: Role, grant: str, refused: list[str]) -> ExtensionError:
    action = refused[0].partition(" ")[0]
    service, _, name = action.partition(":")
    return ExtensionError(
        f"the extension {extension.extension_name!r} grants {grant!r} to {role.physical_name}, and the permissions "
        f"boundary of the role does not admit: {', '.join(refused)}",
        remedy=f"declare it: permissions = (ServicePermissions(service={service!r}, resources=(…), use=({name!r},)),); "
        "or name resources with `physical_name`",
    )
