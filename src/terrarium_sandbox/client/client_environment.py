"""Environment variables for cdktf, terraform, aws and boto3 to use the sandbox."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from terrarium.io.atomic_write import atomic_write
from terrarium_sandbox.client.pinned_account import PinnedAccount
from terrarium_sandbox.client.provider_mirror import find_provider_mirror
from terrarium_sandbox.process.running import RunningSandbox

__all__ = ["client_environment", "shell_exports"]

# Variables that would override credentials or endpoint: a profile, a session, a role, another endpoint.
_MISLEADING = (
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def client_environment(
    running: RunningSandbox,
    pinned: PinnedAccount,
    *,
    checkout: Path | None,
    inherited: Mapping[str, str] = os.environ,
) -> dict[str, str | None]:
    """Return the variables to set, or to unset (None), for the administrator of an account of the sandbox.

    Args:
        running: The sandbox.
        pinned: The account, created if it is new, and the region.
        checkout: The infrastructure's checkout. Its tools come first in PATH, after those of the active virtual
            environment.
        inherited: The environment to change.
    """
    credentials = running.ask("POST", f"accounts/{pinned.account}")
    no_profile = running.home.folder / "no-profile"
    with atomic_write(no_profile) as file:
        file.write(b"# Empty on purpose: the administrator's credentials are in variables.\n")
    profiles = (
        running.home.folder / "aws-config"
    )  # for `terrarium login`, so that it does not change the user's file
    profiles.touch(mode=0o600)
    return {
        **{name: None for name in inherited if name in _MISLEADING or name.startswith("AWS_ENDPOINT_URL_")},
        "AWS_ACCESS_KEY_ID": credentials["access_key_id"],
        "AWS_CONFIG_FILE": str(profiles),
        "AWS_DEFAULT_REGION": pinned.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": running.record.endpoint,
        "AWS_REGION": pinned.region,
        "AWS_SECRET_ACCESS_KEY": credentials["secret_access_key"],
        "AWS_SHARED_CREDENTIALS_FILE": str(no_profile),
        "CHECKPOINT_DISABLE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PGSSLROOTCERT": str(running.home.database_authority_file),
        **_past_proxies(inherited),
        **_terraform(running, inherited),
        **_path(checkout, inherited),
    }


def shell_exports(variables: Mapping[str, str | None]) -> str:
    """Return the lines for a POSIX shell to evaluate."""
    lines = [
        f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}"
        for name, value in sorted(variables.items())
    ]
    return "\n".join(lines)


def _past_proxies(inherited: Mapping[str, str]) -> dict[str, str]:
    exempt = (inherited.get("NO_PROXY") or inherited.get("no_proxy") or "").split(",")
    exempt = [host for host in exempt if host]
    value = ",".join(exempt if "127.0.0.1" in exempt else [*exempt, "127.0.0.1"])
    return {"NO_PROXY": value, "no_proxy": value}


def _terraform(running: RunningSandbox, inherited: Mapping[str, str]) -> dict[str, str | None]:
    mirror = find_provider_mirror(inherited, home=Path.home())
    if mirror is None:
        configuration = inherited.get("TF_CLI_CONFIG_FILE")
        dangling = configuration and not Path(configuration).is_file()
        return {"TF_CLI_CONFIG_FILE": None} if dangling else {}
    # Locking would download the checksums of all platforms from the registry, which the mirror avoids.
    variables: dict[str, str | None] = {"CDKTF_SKIP_PROVIDER_LOCK": "true"}
    if not mirror.known_to_terraform:
        configuration_file = running.home.folder / "terraform.tfrc"
        mirror.write_configuration(configuration_file)
        variables["TF_CLI_CONFIG_FILE"] = str(configuration_file)
    return variables


def _path(checkout: Path | None, inherited: Mapping[str, str]) -> dict[str, str]:
    if checkout is None:
        return {}
    tools = [str(checkout / ".venv" / "bin"), str(checkout / "node_modules" / ".bin")]
    others = [entry for entry in inherited.get("PATH", os.defpath).split(os.pathsep) if entry not in tools]
    active = {f"{inherited[name]}/bin" for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if inherited.get(name)}
    places = [place for place, entry in enumerate(others, start=1) if entry.rstrip("/") in active]
    first = max(places, default=0)
    return {"PATH": os.pathsep.join([*others[:first], *tools, *others[first:]])}
