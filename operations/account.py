"""The account of an environment: an operator works in it, or not at all."""

from typing import TYPE_CHECKING

from environments import Environment
from terrarium.errors import Error, InvalidRequestError

if TYPE_CHECKING:
    import boto3

__all__ = ["WrongAccountError", "session_in"]


class WrongAccountError(InvalidRequestError):
    """The credentials belong to another account than the environment is pinned to."""


def session_in(config: Environment) -> "boto3.Session":
    """A boto3 session in the environment's region, after a look whose credentials these are.

    Raises:
        WrongAccountError: They belong to another account.
        Error: There are none, or AWS does not take them.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session(region_name=config.region)
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise Error(
            f"cannot tell which AWS account this is: {error}",
            remedy=f"use credentials of account {config.account}, which {config.name} is pinned to; "
            f'for the sandbox: eval "$(terrarium sandbox env {config.name})"',
        ) from error
    if account != config.account:
        raise WrongAccountError(
            f"these credentials belong to account {account}; {config.name} is pinned to {config.account}",
            remedy=f"use credentials of account {config.account}, or correct environments/{config.name}.toml; "
            f'for the sandbox: eval "$(terrarium sandbox env {config.name})"',
        )
    return session
