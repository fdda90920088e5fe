"""Rules of RDS about engine versions: deprecated versions and upgrades."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from moto.rds.models import rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

# cfn-lint's data: the versions that AWS' API (`DescribeDBEngineVersions`) lists as deprecated.
_EXTENSIONS = "cfnlint.data.schemas.extensions"


@rule(
    "engine-version-that-cannot-be-created",
    on=("rds:CreateDBCluster", "rds:CreateDBInstance"),
    code="InvalidParameterCombination",
    source="cfn-lint, W3690 and W3691, data of deprecated engine versions; aws-samples/"
    "aws-saas-tenant-usage-and-cost-attribution#4 for the error",
)
def engine_version_that_cannot_be_created(request: Request) -> str | None:
    """A cluster or instance cannot be created with an engine version that AWS has deprecated."""
    if request.get("DBClusterIdentifier") and request.operation == "CreateDBInstance":
        return None  # the instance has its cluster's version
    engine, version = request.get("Engine", ""), request.get("EngineVersion")
    folder = "aws_rds_dbcluster" if request.operation == "CreateDBCluster" else "aws_rds_dbinstance"
    if version is None or version not in _deprecated(folder).get(engine, ()):
        return None
    return f"Cannot find version {version} for {engine}"


@rule(
    "engine-downgrade",
    on=("rds:ModifyDBCluster",),
    code="InvalidParameterCombination",
    source="terraform-aws-modules/terraform-aws-rds-aurora#228: Cannot upgrade aurora-postgresql from 10.14 to 10.13",
)
def engine_downgrade(request: Request) -> str | None:
    """The engine of a cluster cannot be modified to a lower version."""
    change = _change(request)
    if change is None:
        return None
    engine, held, wanted = change
    if _numbers(wanted) >= _numbers(held)[: len(_numbers(wanted))]:
        return None
    return f"Cannot upgrade {engine} from {held} to {wanted}"


@rule(
    "major-upgrade-must-be-allowed",
    on=("rds:ModifyDBCluster",),
    code="InvalidParameterCombination",
    source="RDS API Reference, ModifyDBCluster, AllowMajorVersionUpgrade",
)
def major_upgrade_must_be_allowed(request: Request) -> str | None:
    """A cluster is modified to another major version only with AllowMajorVersionUpgrade."""
    change = _change(request)
    if change is None or request.get("AllowMajorVersionUpgrade"):
        return None
    _, held, wanted = change
    if _numbers(wanted)[:1] == _numbers(held)[:1]:
        return None
    return "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."


def _change(request: Request) -> tuple[str, str, str] | None:
    """Return the engine, its present version and the requested version; None if the version does not change."""
    wanted = request.get("EngineVersion")
    cluster = request.backend(rds_backends).clusters.get(request.get("DBClusterIdentifier"))
    if wanted is None or cluster is None or wanted == cluster.engine_version:
        return None
    return cluster.engine, cluster.engine_version, wanted


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


@cache
def _deprecated(folder: str) -> Mapping[str, frozenset[str]]:
    """Return the deprecated versions of each engine, for clusters or for instances.

    A major version such as `16`, whose minor version AWS chooses, is deprecated only with its last minor version.
    """
    every = _versions(folder, "engine_version.json", of=lambda branch: branch["then"])
    deprecated = _versions(folder, "engine_version_deprecated.json", of=lambda branch: branch["if"])
    return {
        engine: frozenset(
            version
            for version in versions
            if not any(other.startswith(f"{version}.") for other in every.get(engine, frozenset()) - versions)
        )
        for engine, versions in deprecated.items()
    }


def _versions(
    folder: str, file: str, *, of: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, frozenset[str]]:
    """Return the versions of each engine in a file, from the part of each branch that `of` returns."""
    schema = json.loads(files(f"{_EXTENSIONS}.{folder}").joinpath(file).read_text())
    found = {}
    for branch in schema["allOf"]:
        engine = branch["if"]["properties"]["Engine"].get("const")
        version = of(branch)["properties"].get("EngineVersion", {})
        if engine is not None and "enum" in version:
            found[engine] = frozenset(map(str, version["enum"]))
    return found


RULES: tuple[Rule, ...] = (
    engine_version_that_cannot_be_created,
    engine_downgrade,
    major_upgrade_must_be_allowed,
)
