"""Plain MLflow on the database of an environment."""

import terrarium

__all__ = ["plain_mlflow_uri"]


def plain_mlflow_uri(lab: terrarium.Lab) -> str:
    """Return a URI of MLflow's SQL store; its password is an IAM token, valid for 15 minutes."""
    database = lab.manifest.metadata
    token = lab.session.client("rds").generate_db_auth_token(
        DBHostname=database.host, Port=database.port, DBUsername=database.writer, Region=lab.manifest.region
    )
    url = lab.metadata.writer.url.set(password=token, query={"sslmode": "require"})
    return url.render_as_string(hide_password=False)
