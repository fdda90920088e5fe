"""Sessions of roles for tests of IAM, assumed as the trust policy of the role requires."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.client import Config
from botocore.exceptions import ClientError

from terrarium_sandbox.home import Home
from terrarium_sandbox.process.running import RunningSandbox
from tests.support.local_sandbox import LocalSandbox

__all__ = ["Session", "as_person", "as_service", "as_workflow", "refused"]

_ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Session:
    """Credentials of a role in the account of an environment."""

    sandbox: LocalSandbox
    environment: str
    access_key_id: str
    secret_access_key: str
    session_token: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of the session."""
        return {
            **self.sandbox.environment(self.environment),
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client with the session's credentials."""
        variables = self.sandbox.environment(self.environment)
        session = boto3.Session(
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            region_name=variables["AWS_REGION"],
        )
        return session.client(  # type: ignore[call-overload] # any service
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            config=Config(retries={"total_max_attempts": 1}),
        )


def as_person(
    sandbox: LocalSandbox,
    environment: str,
    role_arn: str,
    *,
    by: Session | None = None,
    name: str = "test",
) -> Session:
    """Assume a role as the account's administrator, or as another session; `name` is the session's."""
    sts = by.client("sts") if by else sandbox.client("sts", environment)
    return _session(
        sandbox, environment, sts.assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
    )


def as_service(sandbox: LocalSandbox, environment: str, role_arn: str, service: str) -> Session:
    """Have a service of AWS assume a role, as it does for jobs, tasks and notebooks."""
    account, role = role_arn.split(":")[4], role_arn.partition(":role/")[2]
    path = f"accounts/{account}/roles/{role}/sessions"
    return Session(sandbox, environment, **_running(sandbox).ask("POST", path, {"service": service}))


def as_workflow(
    sandbox: LocalSandbox,
    environment: str,
    role_arn: str,
    *,
    repository: str = "acme/terrarium",
    subject: str,
) -> Session:
    """Enter a role with the token that GitHub gives to a workflow."""
    claims = {"iss": _ISSUER, "aud": "sts.amazonaws.com", "sub": f"repo:{repository}:{subject}"}
    variables = sandbox.environment(environment)
    sts = boto3.client(
        "sts",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        config=Config(signature_version=UNSIGNED),
    )
    answer = sts.assume_role_with_web_identity(
        RoleArn=role_arn,
        RoleSessionName="workflow",
        WebIdentityToken=_running(sandbox).ask("POST", "web-identity-tokens", {"claims": claims})["token"],
    )
    return _session(sandbox, environment, answer["Credentials"])


@contextmanager
def refused(action: str, *, because: str = "no identity-based policy allows") -> Iterator[None]:
    """Assert that IAM refuses the call within, because exactly this permission is missing, for this reason."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert f"is not authorized to perform: {action} on resource" in error["Message"], error
    assert because in error["Message"], error


def _session(sandbox: LocalSandbox, environment: str, credentials: Any) -> Session:
    return Session(
        sandbox,
        environment,
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
    )


def _running(sandbox: LocalSandbox) -> RunningSandbox:
    running = RunningSandbox.find(Home(sandbox.home))
    assert running is not None
    return running
