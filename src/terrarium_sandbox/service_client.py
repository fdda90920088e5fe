"""Clients for calls between services: they send requests to the sandbox, which IAM authorizes."""

from typing import Any

from terrarium_sandbox.accounts import credentials_of
from terrarium_sandbox.authorization.service_session import open_service_session
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["client_as_administrator", "client_as_role"]


def client_as_role(
    sandbox: Sandbox, service: str, *, region: str, role_arn: str, principal: str, **configuration: Any
) -> Any:
    """Return a boto3 client with the credentials of a role that `principal` assumes.

    Args:
        sandbox: The host.
        service: The service, as boto3 names it.
        region: The region.
        role_arn: The role.
        principal: The service that assumes it, such as `scheduler.amazonaws.com`.
        configuration: Arguments of botocore's `Config`.

    Raises:
        Error: The trust policy of the role does not allow the principal.
        moto.iam.exceptions.NotFoundException: There is no such role.
    """
    with sandbox.locks.holding("iam"), sandbox.locks.holding("sts"):
        session = open_service_session(role_arn, service=principal, region=region)
    return _client(sandbox, service, region, configuration, session._asdict())


def client_as_administrator(sandbox: Sandbox, service: str, *, region: str, account: str) -> Any:
    """Return a boto3 client that may do everything in `account`; the caller authorizes before it uses the client."""
    with sandbox.locks.holding("iam"):
        credentials = credentials_of(account)
    secret = credentials.secret_access_key.get_secret_value()
    keys = {"access_key_id": credentials.access_key_id, "secret_access_key": secret}
    return _client(sandbox, service, region, {}, keys)


def _client(
    sandbox: Sandbox, service: str, region: str, configuration: dict[str, Any], keys: dict[str, str]
) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(  # type: ignore[call-overload] # any service
        service,
        region_name=region,
        endpoint_url=sandbox.endpoint,
        config=Config(retries={"total_max_attempts": 1}, **configuration),
        **{f"aws_{name}": value for name, value in keys.items()},
    )
