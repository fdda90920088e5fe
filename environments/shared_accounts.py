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
            or the name of one, followed by a dash, begins the name of the other, so that the patterns of its roles
            (`terrarium-prod-*`) match the resources of the other (`terrarium-prod-eu-*`).
    """
    for one, other in permutations(environments, 2):
        if one.account != other.account:
            continue
        if other.name.startswith(f"{one.name}-"):
            raise SharedAccountError(
                f"{one.name} and {other.name} share the account {one.account}, and the roles of {one.name} may "
                f"change what is named terrarium-{one.name}-*, which includes everything of {other.name}",
                remedy=f"rename {other.name} so that its name does not begin with {one.name!r} and a dash, or give "
                "it another account",
            )
        same = one.access.issuer == other.access.issuer
        if same and _creates_provider(one) and _creates_provider(other):
            raise SharedAccountError(
                f"{one.name} and {other.name} would both create the OIDC provider of {one.access.issuer} in the "
                f"account {one.account}, which can have only one",
                remedy=f'in environments/{other.name}.toml, set access.github_oidc_provider = "existing", and deploy '
                f"{one.name} first",
            )


def _creates_provider(config: Environment) -> bool:
    return config.access.has_oidc and config.access.github_oidc_provider == "create"
