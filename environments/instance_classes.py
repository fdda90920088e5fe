"""Instance classes that Aurora PostgreSQL has, by region and version.

The data is part of cfn-lint, which reads it from RDS: the file of its rule E3025 (classes by region and engine), and
the one of its rule E3062 (classes by engine version, of Aurora and of RDS together).
"""

import json
import re
from functools import cache
from typing import Final

from environments.cfn_lint_data import read_data
from environments.engine_versions import EngineVersion

__all__ = ["SERVERLESS", "instance_classes"]

SERVERLESS: Final = "db.serverless"
"""The class of Aurora Serverless v2."""

_ENGINE = "aurora-postgresql"
_FOLDER = "aws_rds_dbinstance"


@cache
def instance_classes(region: str, version: EngineVersion) -> frozenset[str]:
    """Return the classes that instances of a cluster can have; empty if the data does not know the region."""
    found = _of_region(region)
    of_version = _of_version(str(version))
    # A version that is newer than the data restricts nothing.
    return found if of_version is None else found & of_version


def _of_region(region: str) -> frozenset[str]:
    found: set[str] = set()
    regions = json.loads(read_data(_FOLDER, "dbinstanceclass_enum.json"))
    for branch in regions.get(region, {"allOf": []})["allOf"]:
        if branch["if"]["properties"]["Engine"].get("const") == _ENGINE:
            found |= set(branch["then"]["properties"]["DBInstanceClass"]["enum"])
    return frozenset(found)


def _of_version(version: str) -> frozenset[str] | None:
    for branch in json.loads(read_data(_FOLDER, "db_instance_class.json"))["allOf"]:
        conditions = branch["if"]["properties"]
        if conditions["Engine"].get("const") == _ENGINE and re.search(
            conditions["EngineVersion"]["pattern"], version
        ):
            return frozenset(branch["then"]["properties"]["DBInstanceClass"]["enum"])
    return None
