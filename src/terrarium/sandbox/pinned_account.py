"""Which account and region an environment of the checkout is for."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["PinnedAccount", "choose_account", "read_pinned_account"]


@dataclass(frozen=True)
class PinnedAccount:
    """What `environments/<name>.toml` says at its top level; the rest of it is Terraform's business."""

    account: str
    region: str


def choose_account(
    checkout: Path | None, environment: str, *, account: str | None = None, region: str | None = None
) -> PinnedAccount:
    """The account and region given, or else those that the environment pins.

    Raises:
        Error: One of them is not given, and the environment's file does not say it.
    """
    if account and region:
        return PinnedAccount(account=account, region=region)
    if checkout is None:
        raise Error(
            f"which account is {environment}? There is no checkout of the infrastructure here",
            remedy="say it inside a checkout, or give --account and --region",
        )
    pinned = read_pinned_account(checkout, environment)
    return PinnedAccount(account=account or pinned.account, region=region or pinned.region)


def read_pinned_account(checkout: Path, environment: str) -> PinnedAccount:
    """Read `environments/<environment>.toml`.

    Raises:
        Error: There is no such environment, or its file lacks `account` or `region`.
    """
    file = checkout / "environments" / f"{environment}.toml"
    try:
        content = tomllib.loads(file.read_text())
    except FileNotFoundError as error:
        names = ", ".join(sorted(other.stem for other in file.parent.glob("*.toml"))) or "none"
        raise Error(
            f"there is no environment {environment}: {file} is missing", remedy=f"there are: {names}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Error(f"{file} is not TOML: {error}", remedy="mend it there") from error
    account, region = content.get("account"), content.get("region")
    if not (isinstance(account, str) and isinstance(region, str)):
        raise Error(
            f"{file} says account = {account!r}, region = {region!r}",
            remedy='both are needed, as text: account = "123456789012", region = "eu-central-1"',
        )
    return PinnedAccount(account=account, region=region)
