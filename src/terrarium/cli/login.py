"""`terrarium login`: the AWS profile of an environment."""

import os
import re
from typing import TYPE_CHECKING, NamedTuple

import click

from terrarium.echo import echo
from terrarium.errors import AccessDeniedError, ArgumentError, Error

if TYPE_CHECKING:
    import boto3

__all__ = ["login"]

_LONGEST = 43_200  # seconds: IAM allows a role's sessions at most 12 hours
_CHAINED = 3_600  # of a role that a role's session assumes (IAM User Guide, "Roles terms and concepts", Role chaining)


class _Role(NamedTuple):
    """The role to assume, and its region."""

    arn: str
    region: str | None


def _region(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[a-z]+(-[a-z]+)+-\d+", value):
        raise click.BadParameter(f"{value!r} is not a region; expected the form eu-central-1")
    return value


@click.command()
@click.argument("environment")
@click.option(
    "--role-arn",
    metavar="ARN",
    help="The role to assume. Default: the scientist role, from the manifest, if you may read it.",
)
@click.option(
    "--source-profile", metavar="NAME", help="The profile that assumes the role. Default: AWS_PROFILE."
)
@click.option("--sso-session", metavar="NAME", help="With --permission-set: the section sso-session.")
@click.option("--account", metavar="ID", help="With --permission-set: the AWS account.")
@click.option(
    "--permission-set",
    metavar="NAME",
    help="Use a permission set of IAM Identity Center itself, and assume no role.",
)
@click.option(
    "--region",
    callback=_region,
    help="The environment's region. Default: the manifest's, or that of the source.",
)
@click.option("--profile", metavar="NAME", help="The profile to write. Default: terrarium-ENVIRONMENT.")
def login(
    environment: str,
    role_arn: str | None,
    source_profile: str | None,
    sso_session: str | None,
    account: str | None,
    permission_set: str | None,
    region: str | None,
    profile: str | None,
) -> None:
    """Write an AWS profile for ENVIRONMENT, which `terrarium.connect` and the AWS command line use.

    The profile assumes the environment's scientist role with your present credentials, or is a permission set of IAM
    Identity Center. No other part of the AWS configuration file changes.
    """
    from terrarium.aws.config_file import config_file, write_profile
    from terrarium.aws.login_profile import login_profile

    name = profile or login_profile(environment)
    if permission_set is not None:
        if role_arn or source_profile:
            raise ArgumentError(
                "--permission-set assumes no role, so that --role-arn and --source-profile have no effect",
                remedy="remove them, or remove --permission-set",
            )
        settings = _of_permission_set(sso_session, account, permission_set, region)
        lasting = "sessions last as long as the permission set allows, at most 12 hours"
    else:
        if sso_session or account:
            raise ArgumentError(
                "--sso-session and --account select a permission set, and there is no --permission-set",
                remedy="add --permission-set NAME, or remove them",
            )
        settings, lasting = _of_role(environment, role_arn, source_profile, region, written=name)
    changed = write_profile(name, settings)
    echo(f"{'Wrote' if changed else 'Unchanged:'} the profile {name} in {config_file()}; {lasting}.")
    _show_use(environment, name, settings)


def _show_use(environment: str, name: str, settings: dict[str, str]) -> None:
    from terrarium.aws.login_profile import login_profile

    if "sso_session" in settings:
        echo(f"Log in:   aws sso login --profile {name}")
    if settings.get("credential_source") == "Environment" or name != login_profile(environment):
        # Keys in variables precede every profile that is not named in the code.
        echo(f'In code:  terrarium.connect("{environment}", session=boto3.Session(profile_name="{name}"))')
        echo(f"In a shell: aws sts get-caller-identity --profile {name}")
        return
    echo(f'In code:  terrarium.connect("{environment}")')
    echo(f"In a shell: export AWS_PROFILE={name}")


def _of_permission_set(
    sso_session: str | None, account: str | None, permission_set: str, region: str | None
) -> dict[str, str]:
    from terrarium.aws.config_file import sso_sessions

    missing = [
        option
        for option, value in (("--sso-session", sso_session), ("--account", account), ("--region", region))
        if not value
    ]
    if missing or not (sso_session and account and region):
        raise ArgumentError(
            f"--permission-set needs {', '.join(missing)}",
            remedy="add it: terrarium login dev --permission-set Scientist --sso-session acme "
            "--account 123456789012 --region eu-central-1",
        )
    if sso_session not in sso_sessions():
        known = ", ".join(sso_sessions()) or "none"
        raise ArgumentError(
            f"the AWS configuration file has no section [sso-session {sso_session}]; it has: {known}",
            remedy="create it with `aws configure sso-session`, and run the command again",
        )
    return {
        "sso_session": sso_session,
        "sso_account_id": account,
        "sso_role_name": permission_set,
        "region": region,
    }


def _of_role(
    environment: str, role_arn: str | None, source_profile: str | None, region: str | None, *, written: str
) -> tuple[dict[str, str], str]:
    source, origin = _source(source_profile, written=written)
    role = _Role(role_arn, None) if role_arn else _role_of_manifest(environment, source)
    region = region or role.region or source.region_name
    if region is None:
        raise ArgumentError(
            f"the region of {environment} is unknown: your credentials have none",
            remedy="add --region, such as --region eu-central-1",
        )
    person, seconds = _session(source, role.arn, region)
    settings = {"role_arn": role.arn, **origin, "role_session_name": person, "region": region}
    if seconds != _CHAINED:  # the default of AWS
        settings["duration_seconds"] = str(seconds)
    return settings, f"sessions last {seconds // 3600} h and are renewed while your own credentials are valid"


def _source(source_profile: str | None, *, written: str) -> tuple["boto3.Session", dict[str, str]]:
    """Return the session that assumes the role, and the settings by which the profile finds its credentials."""
    import boto3

    from terrarium.aws.config_file import profiles
    from terrarium.aws_errors import translate_errors

    if source_profile is None and os.environ.get("AWS_ACCESS_KEY_ID"):
        return boto3.Session(), {"credential_source": "Environment"}
    name = (
        source_profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    )
    known = profiles()
    if name == written or name not in known:
        others = ", ".join(sorted(one for one in known if one != written)) or "none"
        problem = (
            f"the profile {name!r} is the one to write"
            if name == written
            else f"there is no profile {name!r}"
        )
        raise ArgumentError(
            f"{problem}: the role needs credentials that assume it. Profiles: {others}",
            remedy="name the profile of your company's login with --source-profile; `aws configure sso` creates one",
        )
    with translate_errors(f"use the profile {name!r}"):
        return boto3.Session(profile_name=name), {"source_profile": name}


def _role_of_manifest(environment: str, source: "boto3.Session") -> _Role:
    from terrarium.aws import Session
    from terrarium.deployed_manifest import read_manifest

    try:
        manifest = read_manifest(environment, Session(source))
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"your own credentials may not read the manifest of {environment}, which names the scientist role",
            remedy="name the role with --role-arn and its region with --region. Who deployed the environment finds "
            "its ARN in the output `role_arns`",
        ) from error
    return _Role(manifest.roles.scientist_arn, manifest.region)


def _session(source: "boto3.Session", role_arn: str, region: str) -> tuple[str, int]:
    """Return the caller's name, for the session, and the longest duration in seconds that AWS allows: assume the role.

    The name is that of the user, or of the caller's own session, which IAM Identity Center names after the user.
    Notebooks are granted to it, and CloudTrail records it.
    """
    from botocore.exceptions import ClientError

    from terrarium.aws_errors import translate_errors

    with translate_errors(f"assume the role {role_arn}"):
        sts = source.client("sts", region_name=region)
        caller = sts.get_caller_identity()["Arn"]
        person = caller.rpartition("/")[2].rpartition(":")[2]  # of the root user, `root` follows a colon
        chained = ":assumed-role/" in caller
        for seconds in (_CHAINED,) if chained else (_LONGEST, _CHAINED):
            try:
                sts.assume_role(RoleArn=role_arn, RoleSessionName=person, DurationSeconds=seconds)
            except ClientError as error:
                refused = error.response["Error"]
                if refused["Code"] in {"AccessDenied", "AccessDeniedException"}:
                    raise AccessDeniedError(
                        f"you may not assume the role {role_arn}: {refused['Message']}",
                        remedy="ask for the permission sts:AssumeRole on the role, and whether access.scientists in "
                        "the environment's file, if it is set, has your role (docs/guides/identity-center.md)",
                    ) from error
                if seconds == _LONGEST and "DurationSeconds" in refused["Message"]:
                    continue
                raise
            return person, seconds
    raise Error(f"cannot assume the role {role_arn}", remedy="check its ARN")
