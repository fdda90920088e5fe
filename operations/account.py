"""Session in the account of an environment: credentials of other accounts are refused."""

from typing import TYPE_CHECKING

from environments import Environment
from terrarium.errors import Error, InvalidRequestError

if TYPE_CHECKING:
    import boto3

__all__ = ["WrongAccountError", "session_in"]


class WrongAccountError(InvalidRequestError):
    """The credentials belong to another account than that of the environment."""


def session_in(config: Environment) -> "boto3.Session":
    """Return a boto3 session in the environment's region, after checking the account of the credentials.

    Raises:
        WrongAccountError: The credentials belong to another account.
        Error: There are no credentials, or AWS does not accept them.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session(region_name=config.region)
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise Error(
            f"the AWS account of the credentials is unknown: {error}",
            remedy=f"use credentials of account {config.account}, the account of {config.name}; "
            f'for the sandbox: eval "$(terrarium sandbox env {config.name})"',
        ) from error
    if account != config.account:
        raise WrongAccountError(
            f"these credentials belong to account {account}, but {config.name} is in account {config.account}",
            remedy=f"use credentials of account {config.account}, or correct environments/{config.name}.toml; "
            f'for the sandbox: eval "$(terrarium sandbox env {config.name})"',
        )
    return session
