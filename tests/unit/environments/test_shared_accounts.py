"""Environments that share an account must not conflict."""

from collections.abc import Mapping

import pytest

from environments import Environment, load_environment
from environments.shared_accounts import SharedAccountError, check_shared_accounts

EXISTING = {"github_oidc_provider": "existing"}


def environment(
    name: str, *, account: str = "111111111111", access: Mapping[str, object] | None = None
) -> Environment:
    document = load_environment("dev").model_dump(mode="json")
    document |= {"name": name, "account": account}
    document["access"] |= access or {}
    return Environment.model_validate(document)


def test_environments_in_different_accounts_do_not_conflict() -> None:
    check_shared_accounts([environment("prod"), environment("prod-eu", account="222222222222")])


def test_refuses_two_environments_that_create_the_oidc_provider() -> None:
    with pytest.raises(
        SharedAccountError, match=r"dev and trial would both create the OIDC provider of https://token"
    ) as raised:
        check_shared_accounts([environment("dev"), environment("trial")])
    assert 'environments/trial.toml, set access.github_oidc_provider = "existing"' in str(raised.value)


@pytest.mark.parametrize("access", [EXISTING, {"github_repository": None}])
def test_accepts_one_environment_that_creates_the_provider_and_one_that_does_not(
    access: dict[str, object],
) -> None:
    check_shared_accounts([environment("dev"), environment("trial", access=access)])


def test_refuses_a_name_that_begins_with_another_name_and_a_dash() -> None:
    other = environment("prod-eu", access=EXISTING)
    with pytest.raises(SharedAccountError, match=r"terrarium-prod-\*, which includes everything of prod-eu"):
        check_shared_accounts([other, environment("prod")])
    check_shared_accounts([environment("production", access=EXISTING), environment("prod")])
