"""Verification of IAM database tokens: signer, user, database and time."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from botocore.signers import RequestSigner

from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account, Cluster


@pytest.fixture(scope="module")
def account(sandbox: LocalSandbox) -> Account:
    return Account.of(sandbox, "dev")


@pytest.fixture(scope="module")
def cluster(account: Account) -> Iterator[Cluster]:
    cluster = account.create_cluster()
    cluster.create_iam_user("writer")
    yield cluster
    cluster.delete()


def _refusal(cluster: Cluster, token: str, sandbox: LocalSandbox) -> str:
    """The reason in the sandbox's log for refusing `token`; the client learns no more than on AWS."""
    log = sandbox.home / "sandbox.log"
    before = log.stat().st_size
    with pytest.raises(psycopg.OperationalError, match='PAM authentication failed for user "writer"'):
        cluster.connect(user="writer", password=token)
    return log.read_bytes()[before:].decode()


def test_a_token_lets_in(cluster: Cluster) -> None:
    with cluster.connect(user="writer", password=cluster.token("writer")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("writer",)


def test_temporary_credentials_sign_tokens_too(account: Account, cluster: Cluster) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    role = account.client("iam").create_role(RoleName="scientist", AssumeRolePolicyDocument=json.dumps(trust))
    session = account.client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="notebook")
    scientist = account.somebody_else(session["Credentials"])
    cluster.connect(user="writer", password=cluster.token("writer", of=scientist)).close()
    account.client("iam").delete_role(RoleName="scientist")


def test_a_forged_token_is_refused(cluster: Cluster, sandbox: LocalSandbox) -> None:
    token = cluster.token("writer")
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert "its signature is wrong" in _refusal(cluster, forged, sandbox)


def test_a_token_for_another_user_is_refused(cluster: Cluster, sandbox: LocalSandbox) -> None:
    assert "it is for database user reader" in _refusal(cluster, cluster.token("reader"), sandbox)


@pytest.mark.parametrize("elsewhere", [{"DBHostname": "localhost"}, {"Port": 5432}, {"Region": "us-west-2"}])
def test_a_token_for_another_database_is_refused(
    cluster: Cluster, sandbox: LocalSandbox, elsewhere: dict[str, Any]
) -> None:
    assert "and this is" in _refusal(cluster, cluster.token("writer", **elsewhere), sandbox)


def test_an_expired_token_is_refused(account: Account, cluster: Cluster, sandbox: LocalSandbox) -> None:
    rds, described = account.client("rds"), cluster.description
    signer: RequestSigner = rds._request_signer
    request = {
        "url_path": "/", "query_string": "", "headers": {}, "method": "GET", "context": {},
        "body": {"Action": "connect", "DBUser": "writer"},
        "url": f"https://{described['Endpoint']}:{described['Port']}/",
    }  # fmt: skip
    url = signer.generate_presigned_url(request, "connect", expires_in=-1, signing_name="rds-db")
    assert "it expired at" in _refusal(cluster, url.removeprefix("https://"), sandbox)


def test_an_unknown_key_is_refused(account: Account, cluster: Cluster, sandbox: LocalSandbox) -> None:
    stranger = account.somebody_else({"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "guessed"})
    assert "has no access key AKIAIOSFODNN7EXAMPLE" in _refusal(
        cluster, cluster.token("writer", of=stranger), sandbox
    )


def test_a_key_of_another_account_is_refused(cluster: Cluster, sandbox: LocalSandbox) -> None:
    token = cluster.token("writer", of=Account.of(sandbox, "prod"))
    assert "has no access key" in _refusal(cluster, token, sandbox)


def test_an_inactive_key_is_refused(account: Account, cluster: Cluster, sandbox: LocalSandbox) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="former")
    key = iam.create_access_key(UserName="former")["AccessKey"]
    token = cluster.token("writer", of=account.somebody_else(key))
    cluster.connect(user="writer", password=token).close()
    iam.update_access_key(UserName="former", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert "is inactive" in _refusal(cluster, token, sandbox)


def test_a_cluster_without_iam_authentication_takes_no_tokens(
    cluster: Cluster, sandbox: LocalSandbox
) -> None:
    cluster.modify(EnableIAMDatabaseAuthentication=False)
    assert "not enabled" in _refusal(cluster, cluster.token("writer"), sandbox)
    cluster.modify(EnableIAMDatabaseAuthentication=True)
    cluster.connect(user="writer", password=cluster.token("writer")).close()
