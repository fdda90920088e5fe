"""What PostgreSQL, or the way to it, says when a login fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from terrarium.errors import EndpointUnreachableError, Error
from terrarium.manifest import MetadataDatabase
from terrarium.metadata.errors import DatabaseLoginError

__all__ = ["login_explained"]


@contextmanager
def login_explained(environment: str, database: MetadataDatabase, *, user: str) -> Iterator[None]:
    """Turn a failed login into an error of ours; what passes by itself, like a restart, is let through."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError as error:
        explanation = _explain(str(error), environment, database, user=user)
        if explanation is None:
            raise
        raise explanation from error


def _explain(text: str, environment: str, database: MetadataDatabase, *, user: str) -> Error | None:
    where = f"the metadata database of {environment!r}, {database.host}:{database.port}"
    if "FATAL" not in text:
        return EndpointUnreachableError(
            f"{where} does not answer: {text}",
            remedy="it is in private subnets: connect from the workbench or a job, or run "
            f"`terrarium tunnel {environment}` (in the sandbox: `terrarium sandbox up`). From there, try again: a "
            "database that was paused for a day can take more than a minute to resume",
        )
    if any(refusal in text for refusal in ("authentication failed", "does not exist", "pg_hba.conf")):
        return DatabaseLoginError(
            f"{where} refuses user {user!r}: {text}",
            remedy=f"if the environment is new, its deployer still has to run `terrarium migrate {environment}`; "
            f"else your role lacks rds-db:connect as {user!r} on {database.cluster_resource_id}",
        )
    return None
