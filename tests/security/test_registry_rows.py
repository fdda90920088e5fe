"""The database refuses its writer, who may record runs and models, to rewrite submissions and metric samples."""

from datetime import UTC, datetime, timedelta

import mlflow
import psycopg.errors
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from terrarium.aws import Session
from terrarium.gc.deleted_records import erase_run
from terrarium.lab import Lab
from terrarium.metadata.metric_samples import Point, insert_points
from terrarium.metadata.migration import migrate
from terrarium.models.registry import Registry
from tests.support.trained_run import committed, trained

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]


def execute(engine: Engine, statement: str, *values: object) -> int:
    with engine.begin() as connection:
        return connection.exec_driver_sql(statement, values).rowcount


def refused(engine: Engine, statement: str, *values: object) -> str:
    """Return PostgreSQL's error for a statement that it must refuse."""
    with pytest.raises(ProgrammingError) as caught:
        execute(engine, statement, *values)
    assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege), caught.value
    return str(caught.value.orig)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE model_version_tags SET value = 'x' WHERE name = %s AND key = 'terrarium.model.artifact'",
        "DELETE FROM model_version_tags WHERE name = %s AND key = 'terrarium.model.gates'",
        "UPDATE model_version_tags SET key = 'other' WHERE name = %s AND key = 'terrarium.model.artifact'",
        "UPDATE model_versions SET source = 's3://mine' WHERE name = %s",
        "UPDATE model_versions SET run_id = 'another' WHERE name = %s",
        "UPDATE model_versions SET version = 9 WHERE name = %s",
        "DELETE FROM model_versions WHERE name = %s",
        "UPDATE registered_models SET name = 'mine' WHERE name = %s",
        "DELETE FROM registered_models WHERE name = %s",
    ],
    ids=lambda attack: str(attack).split(" WHERE")[0].replace(" ", "-"),
)
def test_the_writer_cannot_rewrite_submitted_versions(lab: Lab, attack: str) -> None:
    name = "guarded"
    if name not in lab.models.names():
        lab.models.submit(trained(lab, name), name)
    assert "submitted" in refused(lab.metadata.writer, attack, name)
    lab.models.load(f"{name}/1")


def test_a_model_of_submitted_versions_is_not_deleted_and_made_again_by_mlflows_client(lab: Lab) -> None:
    """Its versions would be counted from 1 again, under the numbers that were attested."""
    lab.models.submit(trained(lab, "not-deleted"), "not-deleted")
    client = mlflow.MlflowClient(registry_uri=f"terrarium://{lab.environment}")
    with pytest.raises(mlflow.MlflowException, match="nobody changes, renames or deletes"):
        client.delete_registered_model("not-deleted")
    with pytest.raises(mlflow.MlflowException, match="nobody changes, renames or deletes"):
        client.rename_registered_model("not-deleted", "another")


def test_models_of_mlflows_client_remain_its_own(lab: Lab) -> None:
    uri = f"terrarium://{lab.environment}"
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.create_registered_model("plain", tags={"team": "churn"})
    made = client.create_model_version("plain", source="s3://somewhere/model", tags={"stage": "one"})
    client.set_model_version_tag("plain", made.version, "stage", "two")
    client.update_model_version("plain", made.version, "described")
    client.set_registered_model_alias("plain", "candidate", made.version)
    client.delete_registered_model_alias("plain", "candidate")
    client.delete_model_version_tag("plain", made.version, "stage")
    client.rename_registered_model("plain", "plain-renamed")
    client.delete_model_version("plain-renamed", made.version)
    client.delete_registered_model("plain-renamed")
    assert "plain-renamed" not in lab.models.names()


def test_a_verification_removes_its_model(lab: Lab) -> None:
    lab.models.submit(trained(lab, "verification_x"), "verification_x")
    Registry(lab.connection).writing.delete_registered_model("verification_x")  # type: ignore[no-untyped-call]
    assert "verification_x" not in lab.models.names()


def test_every_change_of_the_registry_stays_on_record(lab: Lab) -> None:
    lab.models.submit(trained(lab, "recorded-change"), "recorded-change")
    lab.models.alias("recorded-change/1", "champion")
    writer = lab.metadata.writer
    assert execute(writer, "DELETE FROM registered_model_aliases WHERE name = 'recorded-change'") == 1
    with lab.metadata.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT operation, before ->> 'version', login FROM registry.changes"
            " WHERE relation = 'registered_model_aliases' AND"
            " coalesce(before, after) ->> 'name' = 'recorded-change' ORDER BY id"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("INSERT", None, lab.manifest.metadata.writer),
        ("DELETE", "1", lab.manifest.metadata.writer),
    ]
    for attack in (
        "DELETE FROM registry.changes",
        "UPDATE registry.changes SET login = 'alice'",
        "INSERT INTO registry.changes (login, relation, operation) VALUES ('alice', 'runs', 'UPDATE')",
        "TRUNCATE registry.changes",
        "DROP TABLE registry.changes",
        "ALTER TABLE registered_model_aliases DISABLE TRIGGER ALL",
        "DROP TRIGGER terrarium_record ON registered_model_aliases",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION registry.is_submitted(model text, number integer) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT false'",
    ):
        refused(writer, attack)


def test_the_metrics_of_a_run_are_added_to_and_never_rewritten(lab: Lab) -> None:
    run, writer = trained(lab, "measured", roc_auc=0.6), lab.metadata.writer
    for attack in (
        "UPDATE metrics SET value = 0.999 WHERE run_uuid = %s",
        "UPDATE latest_metrics SET value = 0.999 WHERE run_uuid = %s",
        "DELETE FROM metrics WHERE run_uuid = %s",
        "DELETE FROM latest_metrics WHERE run_uuid = %s",
        "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)"
        " VALUES ('invented', 1, 0, 0, false, %s)",
    ):
        refused(writer, attack, run.id)
    assert lab.experiments.client.get_run(run.id).data.metrics == {"roc_auc": 0.6}


def test_points_still_arrive_in_bulk_and_by_mlflows_client_and_go_with_their_run(lab: Lab) -> None:
    run, client = trained(lab, "still-measured"), lab.experiments.client
    client.log_metric(run.id, "loss", 0.5, step=1)
    client.log_metric(run.id, "loss", float("nan"), step=2)
    client.log_metric(run.id, "loss", float("inf"), step=3)
    with lab.metadata.writer.begin() as connection:
        insert_points(connection, run.id, [Point("loss", 0.25, 1_000, step) for step in (4, 5, 5, 4)])
    assert client.get_run(run.id).data.metrics["loss"] == 0.25
    lab.experiments.delete(run.id)
    with lab.metadata.writer.begin() as connection:
        assert erase_run(connection, run.id, before=datetime.now(UTC) + timedelta(minutes=1))


def test_a_database_of_an_earlier_release_is_guarded_by_its_next_migration(lab: Lab) -> None:
    with lab.metadata.owner.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA registry CASCADE")
        connection.exec_driver_sql("GRANT UPDATE ON metrics TO terrarium_writer")
    run = trained(lab, "before-guards")
    assert execute(lab.metadata.writer, "UPDATE metrics SET value = 1 WHERE run_uuid = %s", run.id)
    for _ in range(2):
        migrate(lab.manifest, session=Session(), say=lambda _: None)
    refused(lab.metadata.writer, "UPDATE metrics SET value = 1 WHERE run_uuid = %s", run.id)
    version = lab.models.submit(trained(lab, "after-guards"), "after-guards")
    refused(lab.metadata.writer, "DELETE FROM model_versions WHERE name = %s", version.name)
