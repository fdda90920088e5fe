"""What PostgreSQL, or the way to it, says when a login fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from terrarium.errors import EndpointUnreachableError, Error
from terrarium.manifest import MetadataDatabase
from terrarium.metadata.errors import DatabaseLoginError

__all__ = ["login_explained"]

# An IAM token is good for 15 minutes from the time that its signer's clock says (Amazon RDS User Guide, "IAM database
# authentication"), and AWS' own signatures for 5 minutes to either side (IAM User Guide, "AWS Signature Version 4").
_TOLERATED: Final = timedelta(minutes=5)


@contextmanager
def login_explained(
    environment: str,
    database: MetadataDatabase,
    *,
    user: str,
    clock_difference: Callable[[], timedelta | None] = lambda: None,
) -> Iterator[None]:
    """Raise a failed login as an error of Terrarium; let through what passes by itself, like a restart.

    Args:
        environment: The environment's name.
        database: What the manifest says of it.
        user: Who logs in.
        clock_difference: Tells by how much this machine's clock is ahead; asked after a refusal.
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
            f"{where} presents a certificate that is not trusted: {text}",
            remedy="do not connect until you know why: something else may listen there. In the sandbox run "
            f'`eval "$(terrarium sandbox env {environment})"`, which sets PGSSLROOTCERT. On AWS unset it, or set it to '
            "the bundle of Amazon RDS for your region (Amazon RDS User Guide, Using SSL/TLS)",
        )
    if "FATAL" not in text:
        return EndpointUnreachableError(
            f"{where} does not answer: {text}",
            remedy="it is in private subnets: connect from the workbench or a job, or run "
            f"`terrarium tunnel {environment}` (in the sandbox: `terrarium sandbox up`). From there, try again: a "
            "database that was paused for a day can take more than a minute to resume",
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
                "AWS, and login tokens are good for 15 minutes",
                remedy="set the clock (`sudo timedatectl set-ntp true`), and try again",
            )
        return DatabaseLoginError(
            f"{where} refuses user {user!r}: {text}",
            remedy=f"if the environment is new, its deployer still has to run `terrarium migrate {environment}`; "
            f"else your role lacks rds-db:connect as {user!r} on {database.cluster_resource_id}",
        )
    return None
