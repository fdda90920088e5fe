"""The AWS profile of an environment, which `terrarium login` writes and `terrarium.connect` uses."""

import os

from terrarium.aws._session import Session
from terrarium.aws.config_file import profiles
from terrarium.errors import Error

__all__ = ["login_profile", "session_of"]

# With one of them set, boto3 has been given an identity already.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def login_profile(environment: str) -> str:
    """Return the name of the environment's profile."""
    return f"terrarium-{environment}"


def session_of(environment: str) -> Session:
    """Return the session for an environment: of its profile, or boto3's default session.

    The profile counts where nothing else selects an identity: no variable and no default session of boto3. It becomes
    boto3's default session, so that MLflow and child processes are the same identity.
    """
    import boto3

    name = login_profile(environment)
    default = boto3.DEFAULT_SESSION
    if any(os.environ.get(variable) for variable in _VARIABLES):
        return Session()
    if default is not None and not default.profile_name.startswith(login_profile("")):
        return Session()
    if not _exists(name):
        return Session()
    if default is None:
        boto3.setup_default_session(profile_name=name)
    elif default.profile_name != name:  # that of another environment
        return Session(boto3.Session(profile_name=name))
    return Session()


def _exists(profile: str) -> bool:
    try:
        return profile in profiles()
    except Error:
        return False  # boto3 states what is wrong with the file
