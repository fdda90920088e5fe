"""Features: a view written offline, joined as of a time, materialized, and read online."""

from datetime import UTC, datetime, timedelta

from terrarium.features import Entity, Feature, FeatureView
from terrarium.lab import Lab
from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.workspace import Workspace

__all__ = ["OFFLINE_FEATURES", "ONLINE_FEATURES"]

_KEY = "verification_id"


def _view_name(workspace: Workspace) -> str:
    return f"verification_{workspace.token}"


def _write_offline(workspace: Workspace) -> Observation:
    lab, name = workspace.lab, _view_name(workspace)
    view = FeatureView(
        name=name,
        source=f"verification.v{workspace.token}",
        entities=(Entity(name=name, key=_KEY),),
        features=(Feature(name="answer", dtype="double"),),
        owner="terrarium verify",
        ttl=timedelta(days=1),
    )
    workspace.on_exit(f"feature view {name}", lambda: _erase(lab, view))
    now = datetime.now(UTC)
    lab.features.apply(view)
    lab.features.write(name, [{_KEY: 1, "event_time": now - timedelta(minutes=1), "answer": 42.0}])
    warehouse = lab.warehouse
    location = warehouse.catalog.load_table(
        (warehouse.database, warehouse.table_name(view.source))
    ).location()
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    workspace.leave(bucket, f"{prefix.rstrip('/')}/")
    rows = lab.features.training_set([{_KEY: 1, "event_time": now}], [f"{name}:answer"]).table.to_pylist()
    if rows[0]["answer"] != 42.0:
        raise CheckFailedError(f"the training set holds {rows}; 42.0 was written")
    return Observation("wrote a view and joined it as of a time")


def _read_online(workspace: Workspace) -> Observation:
    lab, name = workspace.lab, _view_name(workspace)
    lab.features.materialize(name, progress=False)
    workspace.on_exit(f"online item of {name}", lambda: _delete_item(lab, name))
    found = lab.features.online([{_KEY: 1}], [f"{name}:answer"]).to_dicts()
    if found != [{"answer": 42.0}]:
        raise CheckFailedError(f"the online table holds {found}; 42.0 was materialized")
    return Observation(
        "materialized one entity and read it",
        {"dynamodb_million_reads": 1e-6, "dynamodb_million_writes": 2e-6},
    )


def _delete_item(lab: Lab, name: str) -> None:
    key = {"entity": {"S": f"{name}=1"}, "feature_view": {"S": lab.features.get(name).name}}
    lab.session.client("dynamodb").delete_item(TableName=lab.manifest.features.online_table, Key=key)


def _erase(lab: Lab, view: FeatureView) -> None:
    warehouse = lab.warehouse
    identifier = (warehouse.database, warehouse.table_name(view.source))
    if warehouse.catalog.table_exists(identifier):
        warehouse.catalog.purge_table(identifier)
    with lab.metadata.writer.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM features.materializations WHERE view = %(one)s OR view LIKE %(versions)s",
            {"one": view.name, "versions": f"{view.name}@%"},
        )
        connection.exec_driver_sql("DELETE FROM features.views WHERE name = %(name)s", {"name": view.name})


OFFLINE_FEATURES = Check(
    name="features offline",
    run=_write_offline,
    cause="the role lacks rights on the warehouse's bucket or on the Glue database, or the features schema is missing "
    "(`terrarium migrate`)",
    needs=("connect", "artifacts", "record a run"),
    database=True,
    capability="features",
)
ONLINE_FEATURES = Check(
    name="features online",
    run=_read_online,
    cause="the role lacks dynamodb:UpdateItem or dynamodb:BatchGetItem on the online table, or kms:Decrypt of the "
    "environment's key through dynamodb",
    needs=("features offline",),
    database=True,
    capability="features",
)
