"""Runs of a deployed environment that a test records, and drops from its database."""

import json

from tests.support.deployment import Deployment
from tests.support.rds_client import Account, Cluster

__all__ = ["drop_all_runs", "record_run", "run_names"]

_RECORD = """
import sys, terrarium
lab = terrarium.connect(sys.argv[1])
with lab.experiment(sys.argv[2]).run(name=sys.argv[3]) as run:
    run.log_metrics({"accuracy": 0.9})
"""
_LIST = """
import json, sys, terrarium
found = terrarium.connect(sys.argv[1]).experiments.runs(sys.argv[2])
print(json.dumps(sorted(run.name for run in found)))
"""


def record_run(deployment: Deployment, experiment: str, name: str) -> None:
    """Record a run with a metric."""
    deployment.python("-c", _RECORD, deployment.name, experiment, name)


def run_names(deployment: Deployment, experiment: str) -> list[str]:
    """Return the names of an experiment's runs."""
    names: list[str] = json.loads(deployment.python("-c", _LIST, deployment.name, experiment).stdout)
    return names


def drop_all_runs(deployment: Deployment) -> None:
    """Drop the schema of MLflow as the owner of the database, which no trigger prevents."""
    cluster = Cluster(
        Account.of(deployment.sandbox, deployment.name), f"terrarium-{deployment.name}-metadata"
    )
    owner = "terrarium_owner"
    with cluster.connect(dbname="terrarium", user=owner, password=cluster.token(owner)) as connection:
        connection.execute("DROP SCHEMA mlflow CASCADE")
