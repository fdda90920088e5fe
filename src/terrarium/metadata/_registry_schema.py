"""Database triggers that forbid changes of submitted models and of metrics, and record changes of the registry.

All recording clients share one database user, so PostgreSQL cannot distinguish them. It can refuse changes that no
client needs, and keep a history that none of them can change.
"""

from typing import TYPE_CHECKING

from terrarium.manifest import MetadataDatabase
from terrarium.metadata.mlflow_schema import MLFLOW_SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["REGISTRY_SCHEMA", "guard_registry"]

REGISTRY_SCHEMA = "registry"

_WATCHED = (
    "registered_models",
    "model_versions",
    "registered_model_aliases",
    "registered_model_tags",
    "model_version_tags",
)
# `terrarium verify` submits and deletes a model with this prefix.
_VERIFICATION = "verification_"

# The cascade of a foreign key changes rows as the owner of the table (PostgreSQL's RI_FKey_cascade_upd switches to it).
# Only `session_user` is the user that logged in.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION registry.record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    given jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF held IS NOT DISTINCT FROM given THEN
        RETURN NULL;
    END IF;
    INSERT INTO registry.changes (login, client, relation, operation, before, after)
    VALUES (session_user, inet_client_addr(), TG_TABLE_NAME, TG_OP, held, given);
    RAISE LOG USING MESSAGE = 'terrarium.registry ' || jsonb_build_object(
        'login', session_user, 'client', inet_client_addr(), 'relation', TG_TABLE_NAME, 'operation', TG_OP,
        'before', held, 'after', given
    )::text;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry.is_submitted(model text, number integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT starts_with(model, '{verification}') AND EXISTS (
        SELECT FROM {mlflow}.model_version_tags AS tag
        WHERE tag.name = model AND tag.key = 'terrarium.model.artifact'
        AND (number IS NULL OR tag.version = number)
    )
$$;

CREATE OR REPLACE FUNCTION registry.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text;
BEGIN
    IF session_user <> '{owner}' AND NOT starts_with(OLD.name, '{verification}') THEN
        IF TG_TABLE_NAME IN ('model_version_tags', 'registered_model_tags') THEN
            IF (starts_with(OLD.key, 'terrarium.model.') OR starts_with(OLD.key, 'terrarium.alias.')
                OR starts_with(OLD.key, 'terrarium.approval.'))
                AND (TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD)
            THEN
                what := 'tag ' || OLD.key || ' of ' || OLD.name;
            END IF;
        ELSIF TG_TABLE_NAME = 'model_versions' THEN
            IF registry.is_submitted(OLD.name, OLD.version) AND (
                TG_OP = 'DELETE'
                OR (NEW.workspace, NEW.name, NEW.version) IS DISTINCT FROM (OLD.workspace, OLD.name, OLD.version)
                OR NEW.current_stage IS DISTINCT FROM 'Deleted_Internal'
                AND (NEW.source, NEW.run_id, NEW.creation_time)
                    IS DISTINCT FROM (OLD.source, OLD.run_id, OLD.creation_time)
            ) THEN
                what := 'version ' || OLD.name || '/' || OLD.version;
            END IF;
        ELSIF (TG_OP = 'DELETE' OR NEW.name <> OLD.name) AND registry.is_submitted(OLD.name, NULL) THEN
            what := 'registered model ' || OLD.name;
        END IF;
    END IF;
    IF what IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = what || ' holds what was submitted: nobody changes, renames or deletes that',
            HINT = 'submit another version, or move the alias: lab.models';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE FUNCTION registry.refuse_unlogged() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text;
BEGIN
    IF session_user <> '{owner}' THEN
        SELECT 'metric ' || latest.key || ' of run ' || latest.run_uuid INTO what
        FROM arrived AS latest WHERE NOT EXISTS (
            SELECT FROM {mlflow}.metrics AS point
            WHERE point.key = latest.key AND point.timestamp = latest.timestamp AND point.step = latest.step
            AND point.run_uuid = latest.run_uuid AND point.value = latest.value AND point.is_nan = latest.is_nan
        ) LIMIT 1;
        IF what IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
                MESSAGE = what || ' was never logged with that value', HINT = 'log a point: run.log_metrics';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry.refuse_loss() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> '{owner}' AND EXISTS (
        SELECT FROM gone JOIN {mlflow}.runs AS run USING (run_uuid) WHERE run.lifecycle_stage <> 'deleted'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = 'metrics of runs that are not deleted cannot be deleted',
            HINT = 'delete the run: lab.experiments.delete';
    END IF;
    RETURN NULL;
END $$;
"""
_RIGHTS = """
REVOKE ALL ON registry.changes FROM PUBLIC, {writer_name}, {reader_name};
GRANT USAGE ON SCHEMA registry TO {writer_name}, {reader_name};
GRANT SELECT ON registry.changes TO {writer_name}, {reader_name};
REVOKE UPDATE ON {mlflow}.metrics FROM {writer_name};
"""
_WATCH = """
CREATE OR REPLACE TRIGGER terrarium_record AFTER INSERT OR UPDATE OR DELETE ON {mlflow}.{table}
FOR EACH ROW EXECUTE FUNCTION registry.record_change();
"""
_REFUSE = """
CREATE OR REPLACE TRIGGER terrarium_refuse BEFORE UPDATE OR DELETE ON {mlflow}.{table}
FOR EACH ROW EXECUTE FUNCTION registry.refuse_change();
"""
_METRICS = """
CREATE OR REPLACE TRIGGER terrarium_refuse_loss AFTER DELETE ON {mlflow}.{table}
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_loss();
"""
# Per statement, to look up all rows at once. PostgreSQL's transition tables exist for one event each. MLflow and
# `terrarium.metadata.metric_samples` write a sample before the latest value, or in the same statement.
_LATEST = """
CREATE OR REPLACE TRIGGER terrarium_refuse_unlogged_{event} AFTER {event} ON {mlflow}.latest_metrics
REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_unlogged();
"""


def guard_registry(owner: "Connection", database: MetadataDatabase) -> None:
    """Create the triggers, as the owner of the schemas, after the migration of MLflow's schema.

    Each change of a row of the registry is recorded in `registry.changes`, which only the owner can write, and in the
    server's log. Submitted versions and metric samples cannot be changed. It can be repeated.
    """
    quote = owner.dialect.identifier_preparer.quote
    names = {
        "mlflow": MLFLOW_SCHEMA,
        "owner": database.owner.replace("'", "''"),
        "verification": _VERIFICATION,
        "writer_name": quote(database.writer),
        "reader_name": quote(database.reader),
    }
    statements = [
        _FUNCTIONS.format(**names),
        _RIGHTS.format(**names),
        *(_WATCH.format(table=table, **names) for table in _WATCHED),
        *(_REFUSE.format(table=table, **names) for table in _WATCHED if table != "registered_model_aliases"),
        *(_METRICS.format(table=table, **names) for table in ("metrics", "latest_metrics")),
        *(_LATEST.format(event=event, **names) for event in ("INSERT", "UPDATE")),
    ]
    for statement in statements:
        owner.exec_driver_sql(statement)
