"""Validity of tokens by moto's IAM: keys, temporary credentials, policies."""

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.iam.models import IAMBackend, iam_backends
from moto.rds.models import rds_backends
from moto.sts.models import sts_backends

from terrarium_sandbox.services.rds.authentication_token import TokenRefusedError
from terrarium_sandbox.services.rds.database import Database
from terrarium_sandbox.services.rds.logins import verify_login

_ACCOUNT, _REGION = "310000000001", "eu-central-1"

LogIn = Callable[..., None]


@pytest.fixture
def database() -> Iterator[Database]:
    rds = rds_backends[_ACCOUNT][_REGION]
    cluster = rds.create_db_cluster(
        {
            "db_cluster_identifier": "login",
            "engine": "aurora-postgresql",
            "master_username": "master_user",
            "master_user_password": "a password",
            "enable_iam_database_authentication": True,
        }
    )
    yield Database(cluster)
    rds.delete_db_cluster("login")
    rds.cluster_snapshots.clear()


@pytest.fixture
def iam() -> Iterator[IAMBackend]:
    yield iam_backends[_ACCOUNT]["aws"]
    iam_backends[_ACCOUNT]["aws"].reset()


@pytest.fixture
def log_in(database: Database) -> LogIn:
    """Verify a token that these credentials sign now for `writer`."""

    def verify(
        key: Any,
        *,
        session_token: str | None = None,
        after: datetime.timedelta | None = None,
        iam_enforced: bool = False,
    ) -> None:
        rds = boto3.client(
            "rds",
            region_name=_REGION,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            aws_session_token=session_token,
        )
        token = rds.generate_db_auth_token("127.0.0.1", database.port, "writer")
        now = datetime.datetime.now(datetime.UTC) + (after or datetime.timedelta())
        verify_login(database.resource_id, user="writer", token=token, now=now, iam_enforced=iam_enforced)

    return verify


def _user(iam: IAMBackend, *, policy: dict[str, Any] | None = None) -> Any:
    iam.create_user(_REGION, "scientist")
    if policy is not None:
        iam.put_user_policy(
            "scientist", "database", json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        )
    return iam.create_access_key("scientist")


def _connect_policy(database: Database, *, user: str, effect: str = "Allow") -> dict[str, Any]:
    resource = f"arn:aws:rds-db:{_REGION}:{_ACCOUNT}:dbuser:{database.resource_id}/{user}"
    return {"Effect": effect, "Action": "rds-db:connect", "Resource": resource}


def test_without_enforcement_it_is_enough_to_be_somebody(iam: IAMBackend, log_in: LogIn) -> None:
    log_in(_user(iam))


def test_with_enforcement_the_right_to_connect_as_this_user_is_needed(
    iam: IAMBackend, database: Database, log_in: LogIn
) -> None:
    log_in(_user(iam, policy=_connect_policy(database, user="writer")), iam_enforced=True)


@pytest.mark.parametrize("statement", [{"user": "reader"}, {"user": "writer", "effect": "Deny"}, None])
def test_with_enforcement_any_other_right_is_not_enough(
    iam: IAMBackend, database: Database, log_in: LogIn, statement: dict[str, str] | None
) -> None:
    key = _user(iam, policy=statement and _connect_policy(database, **statement))
    with pytest.raises(TokenRefusedError, match="not authorized to perform: rds-db:connect"):
        log_in(key, iam_enforced=True)


def test_temporary_credentials_are_good_as_long_as_they_last(log_in: LogIn) -> None:
    sts = sts_backends[_ACCOUNT]["aws"]
    role = f"arn:aws:iam::{_ACCOUNT}:role/job"
    session = sts.assume_role(_REGION, "session", role, "", duration=300, external_id="")
    log_in(session, session_token=session.session_token)
    with pytest.raises(TokenRefusedError, match="temporary credentials expired"):
        log_in(session, session_token=session.session_token, after=datetime.timedelta(minutes=6))
    with pytest.raises(TokenRefusedError, match="session token does not belong"):
        log_in(session, session_token="made up")
    with pytest.raises(TokenRefusedError, match="has no access key"):
        log_in(session)


def test_a_key_of_another_account_is_named_as_such(log_in: LogIn) -> None:
    elsewhere = iam_backends["310000000002"]["aws"]
    with pytest.raises(TokenRefusedError, match=r"account 310000000001 has no access key .*310000000002 has"):
        log_in(_user(elsewhere))
    elsewhere.reset()
