"""`terrarium login`: real configuration files, and roles of a sandbox with IAM enforced."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_person

REGION = "eu-central-1"
_ASK = """
import boto3, sys
session = boto3.Session(profile_name=sys.argv[1])
print(session.client("sts").get_caller_identity()["Arn"])
"""
_CONNECT = """
import sys
from terrarium.aws.login_profile import session_of
print(session_of(sys.argv[1]).caller)
"""


class Account(NamedTuple):
    """An account with people: ada (a user) and the permission set `Person`, which may assume `scientist`."""

    sandbox: LocalSandbox
    scientist: str
    person: str
    ada: Mapping[str, str]


def _trust(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def account(enforcing: LocalSandbox) -> Account:
    iam: Any = enforcing.client("iam", "dev")
    number = enforcing.client("sts", "dev").get_caller_identity()["Account"]
    trust = _trust(f"arn:aws:iam::{number}:root")
    name = "AWSReservedSSO_Person_0123456789abcdef"
    person = iam.create_role(
        RoleName=name, Path="/aws-reserved/sso.amazonaws.com/", AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    scientist = iam.create_role(
        RoleName="scientist", AssumeRolePolicyDocument=trust, MaxSessionDuration=43_200
    )["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": scientist}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=document)
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="assume", PolicyDocument=document)
    iam.create_user(UserName="grace")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    return Account(enforcing, scientist, person, _keys(key["AccessKeyId"], key["SecretAccessKey"]))


def _keys(access_key: str, secret: str, token: str = "") -> Mapping[str, str]:
    return {
        "aws_access_key_id": access_key,
        "aws_secret_access_key": secret,
        **({"aws_session_token": token} if token else {}),
    }


class Laptop:
    """A person's AWS files, and the variables of the sandbox without credentials."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.config, self._credentials = folder / "config", folder / "credentials"
        self.config.write_text("# mine\n[profile acme]\nregion = eu-central-1\n")
        self.variables = {
            **account.sandbox.environment("dev"),
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._credentials),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
            self.variables.pop(name, None)

    def has(self, keys: Mapping[str, str], profile: str = "acme") -> None:
        lines = [f"[{profile}]", *(f"{name} = {value}" for name, value in keys.items())]
        self._credentials.write_text("\n".join(lines) + "\n")

    def login(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("terrarium")), "login", "dev", *arguments]
        return subprocess.run(
            command, env=self.variables | variables, capture_output=True, text=True, check=False
        )

    def python(self, program: str, *arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.variables | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def laptop(account: Account, tmp_path: Path) -> Laptop:
    return Laptop(account, tmp_path)


def test_a_user_gets_sessions_of_twelve_hours(laptop: Laptop, account: Account) -> None:
    laptop.has(account.ada)
    done = laptop.login("--source-profile", "acme", "--role-arn", account.scientist)
    assert done.returncode == 0, done.stderr
    assert "12 h" in done.stdout
    assert 'terrarium.connect("dev")' in done.stdout
    assert "duration_seconds = 43200" in laptop.config.read_text()
    assert laptop.python(_ASK, "terrarium-dev").endswith(":assumed-role/scientist/ada")


def test_a_session_of_a_permission_set_gets_one_hour(laptop: Laptop, account: Account) -> None:
    """Role chaining: AWS refuses more, although the role allows 12 hours."""
    person = as_person(account.sandbox, "dev", account.person, name="ada@acme.example")
    laptop.has(_keys(person.access_key_id, person.secret_access_key, person.session_token))
    done = laptop.login("--source-profile", "acme", "--role-arn", account.scientist)
    assert done.returncode == 0, done.stderr
    assert "1 h" in done.stdout
    assert "duration_seconds" not in laptop.config.read_text()
    assert laptop.python(_ASK, "terrarium-dev").endswith(":assumed-role/scientist/ada@acme.example")


def test_connect_uses_the_profile_unless_a_variable_selects_another(laptop: Laptop, account: Account) -> None:
    laptop.has(account.ada)
    laptop.login("--source-profile", "acme", "--role-arn", account.scientist)
    assert laptop.python(_CONNECT, "dev").endswith(":assumed-role/scientist/ada")
    assert laptop.python(_CONNECT, "dev", AWS_PROFILE="acme").endswith(":user/ada")


def test_login_is_idempotent_and_keeps_the_rest_of_the_file(laptop: Laptop, account: Account) -> None:
    laptop.has(account.ada)
    before = laptop.config.read_text()
    arguments = ("--source-profile", "acme", "--role-arn", account.scientist)
    laptop.login(*arguments)
    once = laptop.config.read_text()
    assert once.startswith(before)
    assert "Unchanged" in laptop.login(*arguments).stdout
    assert laptop.config.read_text() == once


def test_credentials_in_variables_are_the_source(laptop: Laptop, account: Account) -> None:
    variables = {name.upper(): value for name, value in account.ada.items()}
    done = laptop.login("--role-arn", account.scientist, **variables)
    assert done.returncode == 0, done.stderr
    assert 'session=boto3.Session(profile_name="terrarium-dev")' in done.stdout
    assert laptop.python(_ASK, "terrarium-dev", **variables).endswith(":assumed-role/scientist/ada")


def test_writes_nothing_for_a_role_that_the_caller_may_not_assume(laptop: Laptop, account: Account) -> None:
    iam: Any = account.sandbox.client("iam", "dev")
    key = iam.create_access_key(UserName="grace")["AccessKey"]
    laptop.has(_keys(key["AccessKeyId"], key["SecretAccessKey"]))
    before = laptop.config.read_text()
    done = laptop.login("--source-profile", "acme", "--role-arn", account.scientist)
    assert done.returncode == 1
    assert "access.scientists" in done.stderr
    assert laptop.config.read_text() == before


def test_names_the_profiles_that_exist_where_the_source_does_not(laptop: Laptop) -> None:
    done = laptop.login("--role-arn", "arn:aws:iam::111111111111:role/scientist")
    assert done.returncode == 1
    assert "there is no profile 'default'" in done.stderr
    assert "Profiles: acme" in done.stderr


def test_a_permission_set_needs_its_sso_session(laptop: Laptop) -> None:
    arguments = ("--permission-set", "Scientist", "--account", "111111111111", "--region", REGION)
    done = laptop.login(*arguments, "--sso-session", "acme")
    assert done.returncode == 1
    assert "aws configure sso-session" in done.stderr
    start = "sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-central-1\n"
    laptop.config.write_text(f"[sso-session acme]\n{start}")
    done = laptop.login(*arguments, "--sso-session", "acme")
    assert done.returncode == 0, done.stderr
    assert "aws sso login --profile terrarium-dev" in done.stdout
    assert "sso_role_name = Scientist" in laptop.config.read_text()
