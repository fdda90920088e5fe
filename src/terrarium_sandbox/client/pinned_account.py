"""Account and region of an environment of the checkout."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["PinnedAccount", "choose_account", "read_pinned_account"]


@dataclass(frozen=True)
class PinnedAccount:
    """The account and region at the top level of `environments/<name>.toml`."""

    account: str
    region: str


def choose_account(
    folder: Path | None,
    environment: str,
    *,
    deployed: Callable[[], Sequence[PinnedAccount]],
    account: str | None = None,
    region: str | None = None,
) -> PinnedAccount:
    """Return the account and region given, or else those of the environment.

    Args:
        folder: The folder of the environments' files; None outside a checkout of the infrastructure.
        environment: Name of the environment.
        deployed: Returns the accounts of the sandbox with an environment of that name; used without a folder.
        account: Overrides the account.
        region: Overrides the region.

    Raises:
        Error: Account or region is neither given nor known.
    """
    if account and region:
        return PinnedAccount(account=account, region=region)
    pinned = (
        _deployed(environment, deployed()) if folder is None else read_pinned_account(folder, environment)
    )
    return PinnedAccount(account=account or pinned.account, region=region or pinned.region)


def _deployed(environment: str, found: Sequence[PinnedAccount]) -> PinnedAccount:
    if len(found) == 1:
        return found[0]
    where = ", ".join(f"account {one.account} in {one.region}" for one in found)
    raise Error(
        f"environment {environment!r} is deployed in several accounts of the sandbox: {where}"
        if found
        else f"environment {environment!r} is not deployed in the sandbox, and there is no checkout here",
        remedy="give --account and --region"
        if found
        else "run it inside the infrastructure's checkout, or give --account and --region",
    )


def read_pinned_account(folder: Path, environment: str) -> PinnedAccount:
    """Read `<environment>.toml` in the folder of the environments' files.

    Raises:
        Error: There is no such environment, or its file lacks `account` or `region`.
    """
    file = folder / f"{environment}.toml"
    try:
        content = tomllib.loads(file.read_text())
    except FileNotFoundError as error:
        names = ", ".join(sorted(other.stem for other in file.parent.glob("*.toml"))) or "none"
        raise Error(
            f"there is no environment {environment}: {file} is missing", remedy=f"there are: {names}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Error(f"{file} is not TOML: {error}", remedy="correct the file") from error
    account, region = content.get("account"), content.get("region")
    if not (isinstance(account, str) and isinstance(region, str)):
        raise Error(
            f"{file} has account = {account!r}, region = {region!r}",
            remedy='both are needed, as text: account = "123456789012", region = "eu-central-1"',
        )
    return PinnedAccount(account=account, region=region)
