"""Checks of environments that share an AWS account."""

from collections.abc import Iterable
from itertools import permutations

from environments.model import Environment
from terrarium.errors import InvalidRequestError

__all__ = ["SharedAccountError", "check_shared_accounts"]


class SharedAccountError(InvalidRequestError):
    """Two environments conflict in the AWS account that they share."""


def check_shared_accounts(environments: Iterable[Environment]) -> None:
    """Check the environments that share an account.

    Raises:
        SharedAccountError: Two of them would create the OIDC provider of one issuer, of which an account can have one;
            or the names of one's resources begin like those of the other, so that the patterns of its roles
            (`terrarium-prod-*`) would match the resources of the other (`terrarium-prod-eu-*`).
    """
    for one, other in permutations(environments, 2):
        if one.account != other.account:
            continue
        if f"{other.name_stem}-".startswith(f"{one.name_stem}-"):
            raise SharedAccountError(
                f"{one.name} and {other.name} share the account {one.account}, and the roles of {one.name} may "
                f"change what is named {one.name_stem}-*, which includes everything of {other.name} "
                f"({other.name_stem}-*)",
                remedy="give the resources of the one that is not deployed yet names that begin with another word: "
                f'resource_name = "{_joined(other)}" in environments/{other.name}.toml, or another resource_name in '
                f"environments/{one.name}.toml",
            )
        same = one.access.issuer == other.access.issuer
        if same and _creates_provider(one) and _creates_provider(other):
            raise SharedAccountError(
                f"{one.name} and {other.name} would both create the OIDC provider of {one.access.issuer} in the "
                f"account {one.account}, which can have only one",
                remedy=f'in environments/{other.name}.toml, set access.github_oidc_provider = "existing", and deploy '
                f"{one.name} first",
            )


def _joined(config: Environment) -> str:
    """Return the environment's part of its names without dashes: no other part followed by a dash begins it."""
    return (config.resource_name or config.name).replace("-", "")


def _creates_provider(config: Environment) -> bool:
    return config.access.has_oidc and config.access.github_oidc_provider == "create"
