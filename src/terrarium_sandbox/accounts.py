"""Accounts of the sandbox, and the credentials of their administrators and roles."""

import json
import re

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, iam_backends
from pydantic import BaseModel, ConfigDict, SecretStr
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from terrarium.errors import Error
from terrarium_sandbox.authorization.service_session import open_service_session
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["ADMINISTRATOR", "Credentials", "add_account_routes", "credentials_of"]

ADMINISTRATOR = "terrarium-sandbox-administrator"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Credentials(BaseModel):
    """The access key of an account's administrator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    access_key_id: str
    secret_access_key: SecretStr


def credentials_of(account: str) -> Credentials:
    """Return the administrator's credentials in `account`; create the administrator at first use."""
    iam = iam_backends[account]["aws"]
    if ADMINISTRATOR not in {user.name for user in iam.users.values()}:
        _create_administrator(iam)
    key = iam.get_user(ADMINISTRATOR).access_keys[0]
    return Credentials(
        account=account, access_key_id=key.access_key_id, secret_access_key=SecretStr(key.secret_access_key)
    )


def add_account_routes(sandbox: Sandbox) -> None:
    """Add the routes that return credentials.

    `POST accounts/<account>` returns those of the administrator; `POST accounts/<account>/roles/<role>/sessions`,
    {"service"}, those of a service that has assumed the role. `POST web-identity-tokens`, {"claims"}, returns a
    token for AssumeRoleWithWebIdentity, for roles whose trust policy allows these claims.
    """

    def create(request: Request, *, account: str) -> dict[str, str]:  # noqa: ARG001 - a route handler
        if not re.fullmatch(r"\d{12}", account):
            raise BadRequest(f"an AWS account has twelve digits, not {account!r}")
        with sandbox.recording(), sandbox.locks.holding("iam"):
            credentials = credentials_of(account)
        sandbox.touch()
        return {
            "account": account,
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key.get_secret_value(),
        }

    def assume(request: Request, *, account: str, role: str) -> dict[str, str]:
        with sandbox.recording(), sandbox.locks.holding("iam"), sandbox.locks.holding("sts"):
            try:
                session = open_service_session(
                    f"arn:aws:iam::{account}:role/{role}", service=str(request.json["service"])
                )
            except (Error, NotFoundException) as error:
                raise BadRequest(str(error)) from error
        sandbox.touch()
        return session._asdict()

    def issue(request: Request) -> dict[str, str]:
        return {"token": sandbox.web_identity_tokens.issue(dict(request.json["claims"]))}

    sandbox.routes.add("POST", "web-identity-tokens", issue)
    sandbox.routes.add("POST", "accounts/<account>", create)
    sandbox.routes.add("POST", "accounts/<account>/roles/<path:role>/sessions", assume)


def _create_administrator(iam: IAMBackend) -> None:
    iam.create_user(region_name="us-east-1", user_name=ADMINISTRATOR)
    iam.put_user_policy(ADMINISTRATOR, "everything", json.dumps(_EVERYTHING))
    iam.create_access_key(ADMINISTRATOR)
