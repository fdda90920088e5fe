"""Access keys that accounts of the sandbox have issued, with their secrets."""

import datetime
from dataclasses import dataclass

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import AssumedRole, sts_backends
from moto.utilities.utils import PARTITION_NAMES

__all__ = ["IssuedKey", "find_issued_key", "record_session_token"]


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """An access key with its secret.

    Attributes:
        secret_access_key: The secret.
        active: Whether the key is active.
        session_token: The session token of a temporary key.
        expires: The expiry of a temporary key; None if it does not expire.
    """

    secret_access_key: str
    active: bool = True
    session_token: str | None = None
    expires: datetime.datetime | None = None


def find_issued_key(access_key: str) -> IssuedKey | None:
    """Return the key with the id `access_key`; None if no account has issued it."""
    for account, regions in list(iam_backends.items()):
        for partition in PARTITION_NAMES:
            if partition not in regions.keys():  # noqa: SIM118 - `in regions` is true of unused regions, too
                continue
            key = regions[partition].access_keys.get(access_key)
            if key is not None:
                return _of_user(key) if key.user_name else _temporary(key, account, partition)
    return None


def record_session_token(key: AccessKey, token: str, expires: datetime.datetime) -> None:
    """Record the session token that STS returns with a key that belongs to no role."""
    vars(key).update(session_token=token, expires=expires)


def _of_user(key: AccessKey) -> IssuedKey:
    return IssuedKey(secret_access_key=key.secret_access_key, active=key.status == "Active")


def _temporary(key: AccessKey, account: str, partition: str) -> IssuedKey:
    noted = vars(key)
    if "session_token" not in noted:
        role = _session_of(key, account, partition)
        if role is None:
            return IssuedKey(secret_access_key=key.secret_access_key, active=False)
        record_session_token(key, role.session_token, _in_utc(role.expiration))
    return IssuedKey(
        secret_access_key=key.secret_access_key,
        session_token=noted["session_token"],
        expires=noted["expires"],
    )


def _session_of(key: AccessKey, account: str, partition: str) -> AssumedRole | None:
    # Called once per key: moto searches all sessions sequentially.
    return sts_backends[account][partition].get_assumed_role_from_access_key(key.access_key_id)


def _in_utc(time: datetime.datetime) -> datetime.datetime:
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)
