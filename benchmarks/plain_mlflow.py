"""MLflow as it comes, on the database of an environment."""

import terrarium

__all__ = ["plain_mlflow_uri"]


def plain_mlflow_uri(lab: terrarium.Lab) -> str:
    """A tracking URI of MLflow's own SQL store; its password is an IAM token, good for a quarter of an hour."""
    database = lab.manifest.metadata
    token = lab.session.client("rds").generate_db_auth_token(
        DBHostname=database.host, Port=database.port, DBUsername=database.writer, Region=lab.manifest.region
    )
    url = lab.metadata.writer.url.set(password=token, query={"sslmode": "require"})
    return url.render_as_string(hide_password=False)
