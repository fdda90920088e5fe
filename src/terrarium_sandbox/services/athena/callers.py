"""Credentials for Athena's calls to other services: those of its caller, in a forwarded session."""

from typing import NamedTuple

from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, STSBackend, sts_backends
from moto.utilities.utils import PARTITION_NAMES

from terrarium_sandbox.authorization.principal import CALLED_VIA

__all__ = ["Caller", "find_caller"]

_SECONDS = 12 * 3600  # the longest session of a role
_FORWARDED = "forwarded_to_athena"  # attribute of a session of moto's


class Caller(NamedTuple):
    """An access key with its secret and session token."""

    access_key: str
    secret_key: str
    session_token: str | None


def find_caller(access_key: str) -> Caller:
    """Return the credentials for calls on behalf of an access key. The caller holds the locks of IAM and STS.

    Sessions of roles are forwarded: IAM then sees that Athena calls for the session (`aws:CalledVia`).

    Raises:
        LookupError: No account has the access key.
    """
    for account, partitions in list(iam_backends.items()):
        for partition in PARTITION_NAMES:
            if partition not in partitions.keys():  # noqa: SIM118 - `in partitions` is true for unused accounts
                continue
            sts = sts_backends[account][partition]
            session = sts.get_assumed_role_from_access_key(access_key)
            if session is not None:
                forwarded = _forwarded(session, sts)
                return Caller(forwarded.access_key_id, forwarded.secret_access_key, forwarded.session_token)
            key = partitions[partition].access_keys.get(access_key)
            if key is not None:
                return Caller(access_key, key.secret_access_key, None)
    raise LookupError(access_key)


def _forwarded(session: AssumedRole, sts: STSBackend) -> AssumedRole:
    """Return the session of the same role and name for Athena's calls; each session has one.

    Source: IAM User Guide, "Forward access sessions"; Amazon Athena User Guide, "Use CalledVia context keys".
    """
    known: AssumedRole | None = getattr(session, _FORWARDED, None)
    if known is not None:
        return known
    forwarded = sts.assume_role(
        region_name=session.region_name,
        role_session_name=session.session_name,
        role_arn=session.role_arn,
        policy=session.policy,
        duration=_SECONDS,
        external_id="",
    )
    setattr(forwarded, CALLED_VIA, "athena.amazonaws.com")
    setattr(session, _FORWARDED, forwarded)
    return forwarded
