"""Identities of a verification: the caller, and a scientist if the caller may assume that role."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from terrarium.manifest import PlatformManifest

if TYPE_CHECKING:
    import boto3

__all__ = ["Identity", "caller", "scientist"]

_NOT_PASSED_ON = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


class Identity(NamedTuple):
    """Credentials as environment variables for a process, and the ARN that they belong to."""

    arn: str
    variables: Mapping[str, str]


def caller(session: "boto3.Session") -> Identity:
    """Return the identity of `session`."""
    return Identity(session.client("sts").get_caller_identity()["Arn"], dict(os.environ))


def scientist(manifest: PlatformManifest, session: "boto3.Session") -> Identity | None:
    """Return the identity of a scientist: the caller, or a session of the role; None if assuming it is denied."""
    me = caller(session)
    role = manifest.roles.scientist_arn.rpartition("/")[2]
    if f":assumed-role/{role}/" in me.arn:
        return me
    try:
        assumed = session.client("sts").assume_role(
            RoleArn=manifest.roles.scientist_arn, RoleSessionName="terrarium-verify"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return None
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    credentials = assumed["Credentials"]
    variables = {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_REGION": manifest.region,
        "AWS_DEFAULT_REGION": manifest.region,
    }
    return Identity(assumed["AssumedRoleUser"]["Arn"], {**kept, **variables})
