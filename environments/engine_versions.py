"""Aurora PostgreSQL versions that RDS has had, and those that new clusters can still be created with.

The data is part of cfn-lint, which reads it from RDS (`describe-db-engine-versions`): the files of its rules E3690
(known versions) and W3690 (versions that no cluster can be created with).
"""

import json
import re
from functools import cache
from typing import NamedTuple

from environments.cfn_lint_data import read_data

__all__ = ["EngineVersion", "creatable_versions", "known_versions", "newest_of_major"]

_ENGINE = "aurora-postgresql"
_FOLDER = "aws_rds_dbcluster"


class EngineVersion(NamedTuple):
    """A version of the engine: major and minor, as in 17.7."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@cache
def known_versions() -> tuple[EngineVersion, ...]:
    """Return every version that RDS has had, in ascending order."""
    branches = json.loads(read_data(_FOLDER, "engine_version.json"))["allOf"]
    (versions,) = (
        branch["then"]["properties"]["EngineVersion"]["enum"]
        for branch in branches
        if branch["if"]["properties"]["Engine"].get("const") == _ENGINE
    )
    return _parse(versions)


@cache
def creatable_versions() -> tuple[EngineVersion, ...]:
    """Return the versions that a new cluster can have, in ascending order."""
    branches = json.loads(read_data(_FOLDER, "engine_version_deprecated.json"))["allOf"]
    (withdrawn,) = (
        branch["if"]["properties"]["EngineVersion"]["enum"]
        for branch in branches
        if branch["if"]["properties"]["Engine"].get("const") == _ENGINE
    )
    return tuple(sorted(set(known_versions()) - set(_parse(withdrawn))))


def newest_of_major(major: int) -> EngineVersion:
    """Return the newest version of `major` that a new cluster can have.

    Raises:
        ValueError: A new cluster can have no version of `major`.
    """
    return max(version for version in creatable_versions() if version.major == major)


def _parse(versions: list[str]) -> tuple[EngineVersion, ...]:
    # Without major versions (16), old versions of three parts (9.6.22) and variants (16.4-limitless).
    found = (re.fullmatch(r"(\d+)\.(\d+)", version) for version in versions)
    return tuple(sorted(EngineVersion(int(match[1]), int(match[2])) for match in found if match))
