"""The credentials with which a request was signed: what Athena does for its caller, it does as the caller."""

from typing import NamedTuple

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import PARTITION_NAMES

__all__ = ["Caller", "find_caller"]


class Caller(NamedTuple):
    """An access key, whole."""

    access_key: str
    secret_key: str
    session_token: str | None


def find_caller(access_key: str) -> Caller:
    """Whoever holds `access_key`, which some account has issued.

    Raises:
        LookupError: None has.
    """
    for account, partitions in list(iam_backends.items()):
        for partition in PARTITION_NAMES:
            if partition not in partitions.keys():  # noqa: SIM118 - `in partitions` is true of what was never used
                continue
            session = sts_backends[account][partition].get_assumed_role_from_access_key(access_key)
            if session is not None:
                return Caller(access_key, session.secret_access_key, session.session_token)
            key = partitions[partition].access_keys.get(access_key)
            if key is not None:
                return Caller(access_key, key.secret_access_key, None)
    raise LookupError(access_key)
