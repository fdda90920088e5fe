"""Rules of RDS about instances of clusters: their classes."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from moto.rds.models import DBCluster, rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_SERVERLESS = "db.serverless"
_DATA = "cfnlint.data.schemas.extensions.aws_rds_dbinstance"


@rule(
    "class-of-an-instance-of-a-cluster",
    on=("rds:CreateDBInstance", "rds:ModifyDBInstance"),
    code="InvalidParameterCombination",
    source="cfn-lint, E3025 and E3062, data of instance classes by region, engine and version",
)
def class_of_an_instance_of_a_cluster(request: Request) -> str | None:
    """An instance of an Aurora cluster has a class that its region, its engine and its version have."""
    cluster, wanted = _cluster(request), request.get("DBInstanceClass")
    if cluster is None or wanted is None or not cluster.engine.startswith("aurora"):
        return None
    if wanted in _classes(cluster.region, cluster.engine, cluster.engine_version):
        return None
    action = "creating" if request.operation == "CreateDBInstance" else "modifying"
    return (
        f"RDS does not support {action} a DB instance with the following combination: DBInstanceClass={wanted}, "
        f"Engine={cluster.engine}, EngineVersion={cluster.engine_version}. For supported combinations of instance "
        "class and database engine version, see the documentation."
    )


@rule(
    "serverless-instance-needs-a-scaling-configuration",
    on=("rds:CreateDBInstance", "rds:ModifyDBInstance"),
    code="InvalidDBClusterStateFault",
    source="Amazon Aurora User Guide, Adding an Aurora Serverless v2 writer: the cluster has a capacity range first",
)
def serverless_instance_needs_a_scaling_configuration(request: Request) -> str | None:
    """A cluster without a capacity range has no instance of the class db.serverless."""
    cluster = _cluster(request)
    if (
        request.get("DBInstanceClass") != _SERVERLESS
        or cluster is None
        or cluster.serverless_v2_scaling_configuration
    ):
        return None
    return (
        "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB "
        "instance."
    )


def _cluster(request: Request) -> DBCluster | None:
    """Return the cluster of the instance; None for an instance outside of clusters."""
    rds = request.backend(rds_backends)
    name = request.get("DBClusterIdentifier")
    if request.operation == "ModifyDBInstance":
        instance = rds.databases.get(request.get("DBInstanceIdentifier"))
        name = instance and instance.db_cluster_identifier
    found: DBCluster | None = rds.clusters.get(name) if name else None
    return found


@cache
def _classes(region: str, engine: str, version: str) -> frozenset[str]:
    in_region: set[str] = set()
    for branch in _read("dbinstanceclass_enum.json")[region]["allOf"]:
        if branch["if"]["properties"]["Engine"].get("const") == engine:
            in_region |= set(branch["then"]["properties"]["DBInstanceClass"]["enum"])
    for branch in _read("db_instance_class.json")["allOf"]:
        conditions = branch["if"]["properties"]
        if conditions["Engine"].get("const") == engine and re.search(
            conditions["EngineVersion"]["pattern"], version
        ):
            return frozenset(in_region & set(branch["then"]["properties"]["DBInstanceClass"]["enum"]))
    return frozenset(in_region)  # a version that the data does not know


def _read(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(files(_DATA).joinpath(name).read_text())
    return data


RULES: tuple[Rule, ...] = (
    class_of_an_instance_of_a_cluster,
    serverless_instance_needs_a_scaling_configuration,
)
