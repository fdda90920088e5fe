"""`terrarium.connect`: one read of the Parameter Store, and nothing else until it is used."""

import os
from typing import TYPE_CHECKING

from terrarium.arguments import checked
from terrarium.aws import Session, translate_errors
from terrarium.errors import (
    EnvironmentNotDeployedError,
    EnvironmentNotNamedError,
    Error,
    ManifestMalformedError,
)
from terrarium.lab import Lab
from terrarium.manifest import PlatformManifest, manifest_environment, manifest_parameter, parse_manifest

if TYPE_CHECKING:
    import boto3

__all__ = ["connect", "open_lab"]


@checked
def connect(environment: str | None = None, *, session: "boto3.Session | None" = None) -> Lab:
    """Connect to a deployed environment.

    Credentials, region and endpoint are found as boto3 finds them. Exactly one call is made: SSM GetParameter
    of `/terrarium/<environment>/manifest`. All else is resolved when it is first used. Where a process of this
    machine died before the database had all its metrics, they are moved there in background.

    Args:
        environment: The name, as in `cdktf deploy <name>`. Omitted, `TERRARIUM_ENVIRONMENT` names it,
            which every job that the platform starts finds set.
        session: Whose credentials and region to use instead of those of boto3's default session, e.g.
            `boto3.Session(profile_name="prod")`, so that one process can see environments of several accounts. Runs are
            not recorded there: MLflow only knows the default session.

    Raises:
        EnvironmentNotNamedError: No name, and no `TERRARIUM_ENVIRONMENT`.
        EnvironmentNotDeployedError: There is no such environment in this account and region.
        CredentialsNotFoundError: There are no AWS credentials.
        CredentialsExpiredError: There were.
        CredentialsInvalidError: AWS does not accept them.
        RegionNotFoundError: No region is configured.
        AccessDeniedError: They may not read the manifest.
        EndpointUnreachableError: AWS, or the sandbox, does not answer.
        ManifestTooNewError: A newer Terrarium deployed the environment.
        ManifestMalformedError: The manifest is not what its version promises.
    """
    from terrarium.journal.replay import replay_in_background

    lab = open_lab(environment, session=Session(session))
    if lab.session.is_default:  # whose journals they are
        replay_in_background(lab)
    return lab


def open_lab(environment: str | None = None, *, session: Session | None = None) -> Lab:
    """What `connect` does, without a look at what dead processes left."""
    environment = environment or os.environ.get("TERRARIUM_ENVIRONMENT")
    if not environment:
        raise EnvironmentNotNamedError(
            "no environment was named",
            remedy='say which: terrarium.connect("dev"), or set TERRARIUM_ENVIRONMENT',
        )
    session = session or Session()
    return Lab(_read_manifest(environment, session), session=session)


def _read_manifest(environment: str, session: Session) -> PlatformManifest:
    from botocore.exceptions import ClientError

    name = manifest_parameter(environment)
    with translate_errors(f"read the manifest of environment {environment!r}"):
        try:
            answer = session.client("ssm").get_parameter(Name=name, WithDecryption=True)
        except ClientError as error:
            # A name that the Parameter Store would never accept is not deployed either.
            if error.response["Error"]["Code"] not in ("ParameterNotFound", "ValidationException"):
                raise
            raise _not_deployed(environment, session) from error
    source = f"the manifest {name}"
    manifest = parse_manifest(answer["Parameter"]["Value"], source=source)
    if manifest.environment != environment:
        raise ManifestMalformedError(
            f"{source} belongs to environment {manifest.environment!r}",
            remedy=f"find out who wrote it, then `cdktf deploy {environment}` again",
        )
    return manifest


def _not_deployed(environment: str, session: Session) -> EnvironmentNotDeployedError:
    region = session.client("ssm").meta.region_name
    deployed = _deployed_environments(session)
    if deployed is None:
        others = "which ones are, your role may not list"
    elif deployed:
        others = f"deployed there: {', '.join(deployed)}"
    else:
        others = "nor is any other"
    return EnvironmentNotDeployedError(
        f"environment {environment!r} is not deployed in account {_account(session)}, "
        f"region {region}; {others}",
        remedy=f"deploy it (`cdktf deploy {environment}`), "
        "or connect with the credentials and in the region of where it is",
    )


def _deployed_environments(session: Session) -> list[str] | None:
    """The environments whose manifests exist; None where listing is not allowed."""
    pages = session.client("ssm").get_paginator("describe_parameters")
    below_terrarium = {"Key": "Name", "Option": "BeginsWith", "Values": ["/terrarium/"]}
    try:
        with translate_errors("list environments"):
            names = [
                manifest_environment(parameter["Name"])
                for page in pages.paginate(ParameterFilters=[below_terrarium])
                for parameter in page["Parameters"]
            ]
    except Error:
        return None
    return sorted(name for name in names if name)


def _account(session: Session) -> str:
    try:
        with translate_errors("ask who we are"):
            return str(session.client("sts").get_caller_identity()["Account"])
    except Error:
        return "(unknown)"
