"""The manifest of a deployed environment, as the Parameter Store holds it."""

from terrarium.aws import Session, translate_errors
from terrarium.errors import EnvironmentNotDeployedError, Error, ManifestMalformedError
from terrarium.manifest import PlatformManifest, manifest_environment, manifest_parameter, parse_manifest

__all__ = ["read_manifest"]


def read_manifest(environment: str, session: Session) -> PlatformManifest:
    """Return the manifest of an environment. Costs one call: SSM GetParameter.

    Args:
        environment: Name of the environment.
        session: The AWS clients to read it with.

    Raises:
        EnvironmentNotDeployedError: There is no such environment in this account and region.
        ManifestTooNewError: A newer Terrarium deployed the environment.
        ManifestMalformedError: The parameter holds no manifest, or that of another environment.
    """
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
        others = "your role may not list the deployed environments"
    elif deployed:
        others = f"deployed there: {', '.join(deployed)}"
    else:
        others = "no other environment is deployed there"
    return EnvironmentNotDeployedError(
        f"environment {environment!r} is not deployed in account {_account(session)}, "
        f"region {region}; {others}",
        remedy=f"deploy it (`cdktf deploy {environment}`), "
        "or connect with credentials of the account, and in the region, where it is deployed",
    )


def _deployed_environments(session: Session) -> list[str] | None:
    """Return the environments whose manifests exist; None if the role may not list them."""
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
        with translate_errors("look up the account"):
            return str(session.client("sts").get_caller_identity()["Account"])
    except Error:
        return "(unknown)"
