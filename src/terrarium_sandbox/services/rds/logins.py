"""Logins with tokens of IAM, which the gateways of database servers verify here."""

import datetime
import logging

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition
from werkzeug.wrappers import Request

from terrarium_sandbox.authorization.enforcement import decide_login
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.rds.authentication_token import AuthenticationToken, TokenRefusedError
from terrarium_sandbox.services.rds.database import Database, all_databases

__all__ = ["add_login_route", "verify_login"]

_log = logging.getLogger(__name__)


def add_login_route(sandbox: Sandbox) -> None:
    """Add the route of the gateways: `POST rds/<resource id>/logins`, {"user", "token"} -> {"allowed"}.

    It needs no token of the internal interface: it reveals no more than the database. The log has the reasons.
    """

    def answer(request: Request, *, resource_id: str) -> dict[str, bool]:
        user, token = str(request.json["user"]), str(request.json["token"])
        try:
            with sandbox.locks.holding("iam"), sandbox.locks.holding("sts"):
                verify_login(
                    resource_id,
                    user=user,
                    token=token,
                    now=datetime.datetime.now(datetime.UTC),
                    iam_enforced=sandbox.iam_enforced,
                )
        except TokenRefusedError as refusal:
            _log.warning("%s: the token of database user %s was refused: %s", resource_id, user, refusal)
            return {"allowed": False}
        return {"allowed": True}

    sandbox.routes.add("POST", "rds/<resource_id>/logins", answer, open_to_all=True)


def verify_login(
    resource_id: str, *, user: str, token: str, now: datetime.datetime, iam_enforced: bool
) -> None:
    """Verify the login of a user.

    Args:
        resource_id: The database.
        user: The database user.
        token: The token, which the client sends as password.
        now: The time.
        iam_enforced: Whether the principal of the token also needs permission for `rds-db:connect`.

    Raises:
        TokenRefusedError: The token is not valid for this user and this database now.
    """
    database = next((one for one in all_databases() if one.resource_id == resource_id), None)
    if database is None:
        raise TokenRefusedError("there is no such database")
    if not database.takes_tokens:
        raise TokenRefusedError("IAM authentication is not enabled for the database")
    claims = AuthenticationToken.parse(token)
    if claims.endpoint != database.endpoint:
        raise TokenRefusedError(f"it is for {claims.endpoint}, and this is {database.endpoint}")
    if claims.region != database.region:
        raise TokenRefusedError(f"it is for region {claims.region}, and this is {database.region}")
    if claims.user != user:
        raise TokenRefusedError(f"it is for database user {claims.user}")
    claims.verify_time(now)
    claims.verify_signature(_secret_access_key(claims, database.account, get_partition(database.region), now))
    if iam_enforced:
        _verify_permission(claims, database)


def _secret_access_key(
    claims: AuthenticationToken, account: str, partition: str, now: datetime.datetime
) -> str:
    key_id = claims.access_key_id
    if claims.session_token is None:
        key = iam_backends[account][partition].access_keys.get(key_id)
        if key is not None and key.user_name is not None:
            if key.status != "Active":
                raise TokenRefusedError(f"access key {key_id} is {key.status.lower()}")
            return str(key.secret_access_key)
    else:
        role = sts_backends[account][partition].get_assumed_role_from_access_key(key_id)
        if role is not None:
            if role.session_token != claims.session_token:
                raise TokenRefusedError(f"the session token does not belong to access key {key_id}")
            if _in_utc(role.expiration) < now:
                raise TokenRefusedError(f"the temporary credentials expired at {role.expiration}")
            return str(role.secret_access_key)
    raise TokenRefusedError(f"account {account} has no access key {key_id}{_elsewhere(key_id)}")


def _elsewhere(key_id: str) -> str:
    for account, regions in list(iam_backends.items()):
        if any(key_id in iam.access_keys for iam in list(regions.values())):
            return f" (account {account} has)"
    return ""


def _verify_permission(claims: AuthenticationToken, database: Database) -> None:
    partition = get_partition(database.region)
    scope = f"arn:{partition}:rds-db:{database.region}:{database.account}:dbuser"
    decision = decide_login(claims.access_key_id, f"{scope}:{database.resource_id}/{claims.user}")
    if not decision.allowed:
        raise TokenRefusedError(decision.reason)


def _in_utc(time: datetime.datetime) -> datetime.datetime:
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)
