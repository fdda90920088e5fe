"""The access keys that accounts of the sandbox have issued, and their secrets."""

import datetime
from dataclasses import dataclass

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import AssumedRole, sts_backends
from moto.utilities.utils import PARTITION_NAMES

__all__ = ["IssuedKey", "find_issued_key", "note_session_token"]


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """An access key as its account knows it.

    Attributes:
        secret_access_key: The secret.
        active: Whether it may be used.
        session_token: Comes with it, if it is temporary.
        expires: When it ends, if it is temporary and does.
    """

    secret_access_key: str
    active: bool = True
    session_token: str | None = None
    expires: datetime.datetime | None = None


def find_issued_key(access_key: str) -> IssuedKey | None:
    """Return the key of that id; None if no account has issued it."""
    for account, regions in list(iam_backends.items()):
        for partition in PARTITION_NAMES:
            if partition not in regions.keys():  # noqa: SIM118 - `in regions` is true of what was never used
                continue
            key = regions[partition].access_keys.get(access_key)
            if key is not None:
                return _of_user(key) if key.user_name else _temporary(key, account, partition)
    return None


def note_session_token(key: AccessKey, token: str, expires: datetime.datetime) -> None:
    """Remember the session token that STS returns with a key that belongs to no role."""
    vars(key).update(session_token=token, expires=expires)


def _of_user(key: AccessKey) -> IssuedKey:
    return IssuedKey(secret_access_key=key.secret_access_key, active=key.status == "Active")


def _temporary(key: AccessKey, account: str, partition: str) -> IssuedKey:
    noted = vars(key)
    if "session_token" not in noted:
        role = _session_of(key, account, partition)
        if role is None:
            return IssuedKey(secret_access_key=key.secret_access_key, active=False)
        note_session_token(key, role.session_token, _in_utc(role.expiration))
    return IssuedKey(
        secret_access_key=key.secret_access_key,
        session_token=noted["session_token"],
        expires=noted["expires"],
    )


def _session_of(key: AccessKey, account: str, partition: str) -> AssumedRole | None:
    # moto searches all sessions one by one, so this is done once per key.
    return sts_backends[account][partition].get_assumed_role_from_access_key(key.access_key_id)


def _in_utc(time: datetime.datetime) -> datetime.datetime:
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)
