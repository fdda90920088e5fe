"""Rules of tags of RDS."""

import re

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_CREATING = (
    "AddTagsToResource",
    "CreateDBCluster",
    "CreateDBClusterParameterGroup",
    "CreateDBClusterSnapshot",
    "CreateDBInstance",
    "CreateDBSubnetGroup",
    "RestoreDBClusterFromSnapshot",
    "RestoreDBClusterToPointInTime",
)
_LONGEST_KEY, _LONGEST_VALUE = 128, 256
_MOST = 50
# The API's pattern without categories of Unicode, which `re` does not have: \w contains \p{L} and \p{N}.
_ACCEPTED = re.compile(r"[\w\s.:/=+\-@]*")


@rule(
    "database-tag-format",
    on=tuple(f"rds:{operation}" for operation in _CREATING),
    code="InvalidParameterValue",
    source="Amazon RDS API Reference, Tag; Amazon RDS User Guide, 'Tagging Amazon RDS resources'",
)
def database_tag_format(request: Request) -> str | None:
    """Up to 50 tags with letters, digits, white space and _ . : / = + - @, and without aws: or rds: before a key."""
    tags = request.get("Tags") or ()
    if len(tags) > _MOST:
        return f"The number of tags exceeds the limit of {_MOST}."
    for tag in tags:
        key, value = str(tag.get("Key", "")), str(tag.get("Value") or "")
        if not 1 <= len(key) <= _LONGEST_KEY or key.lower().startswith(("aws:", "rds:")):
            return f"Invalid tag key: {key}"
        if len(value) > _LONGEST_VALUE or not _ACCEPTED.fullmatch(key) or not _ACCEPTED.fullmatch(value):
            return f"Invalid tag: {key}={value}"
    return None


RULES: tuple[Rule, ...] = (database_tag_format,)
