"""Translation of failed logins to errors of Terrarium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from terrarium.errors import EndpointUnreachableError, Error
from terrarium.manifest import MetadataDatabase
from terrarium.metadata.errors import DatabaseLoginError

__all__ = ["login_explained"]

# An IAM token is valid for 15 minutes from the time of its signer's clock (Amazon RDS User Guide, "IAM database
# authentication"). AWS' own signatures tolerate a difference of 5 minutes (IAM User Guide, "AWS Signature Version 4").
_TOLERATED: Final = timedelta(minutes=5)


@contextmanager
def login_explained(
    environment: str,
    database: MetadataDatabase,
    *,
    user: str,
    clock_difference: Callable[[], timedelta | None] = lambda: None,
) -> Iterator[None]:
    """Raise a failed login as an error of Terrarium. Transient errors, such as a restart, are not translated.

    Args:
        environment: The name of the environment.
        database: The section of the database in the manifest.
        user: The database user.
        clock_difference: Returns by how much this machine's clock is ahead. Called only if the login is refused.
    """
    import psycopg

    try:
        yield
    except psycopg.OperationalError as error:
        explanation = _explain(str(error), environment, database, user=user, difference=clock_difference)
        if explanation is None:
            raise
        raise explanation from error


def _explain(
    text: str,
    environment: str,
    database: MetadataDatabase,
    *,
    user: str,
    difference: Callable[[], timedelta | None],
) -> Error | None:
    where = f"the metadata database of {environment!r}, {database.host}:{database.port}"
    if any(
        problem in text
        for problem in ("certificate verify failed", "root certificate", "does not match host")
    ):
        return DatabaseLoginError(
            f"{where} has a certificate that is not trusted: {text}",
            remedy="do not connect until you know why: another server may listen there. In the sandbox run "
            f'`eval "$(terrarium sandbox env {environment})"`, which sets PGSSLROOTCERT. On AWS unset it, or set it to '
            "the bundle of Amazon RDS for your region (Amazon RDS User Guide, Using SSL/TLS)",
        )
    if "FATAL" not in text:
        return EndpointUnreachableError(
            f"{where} does not answer: {text}",
            remedy="it is in private subnets: connect from the workbench or a job, or run "
            f"`terrarium tunnel {environment}` (in the sandbox: `terrarium sandbox up`), then retry: a database that "
            "was paused for a day can take more than a minute to resume",
        )
    if any(refusal in text for refusal in ("authentication failed", "does not exist", "pg_hba.conf")):
        ahead = difference()
        if ahead is not None and abs(ahead) > _TOLERATED:
            minutes, way = (
                round(abs(ahead) / timedelta(minutes=1)),
                "ahead of" if ahead > timedelta(0) else "behind",
            )
            return DatabaseLoginError(
                f"{where} refuses user {user!r}: {text}; the clock of this machine is {minutes} minutes {way} that of "
                "AWS, and login tokens are valid for 15 minutes",
                remedy="set the clock (`sudo timedatectl set-ntp true`) and retry",
            )
        return DatabaseLoginError(
            f"{where} refuses user {user!r}: {text}",
            remedy=f"if the environment is new, ask its deployer to run `terrarium migrate {environment}`; "
            f"otherwise your role lacks rds-db:connect as {user!r} on {database.cluster_resource_id}",
        )
    return None
