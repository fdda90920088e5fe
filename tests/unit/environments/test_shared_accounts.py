"""Environments that share an account must not conflict."""

from collections.abc import Mapping

import pytest

from environments import Environment, load_environment
from environments.shared_accounts import SharedAccountError, check_shared_accounts

EXISTING = {"github_oidc_provider": "existing"}


def environment(
    name: str,
    *,
    account: str = "111111111111",
    access: Mapping[str, object] | None = None,
    names: Mapping[str, str] | None = None,
) -> Environment:
    document = load_environment("dev").model_dump(mode="json")
    document |= {"name": name, "account": account, **(names or {})}
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
    with pytest.raises(
        SharedAccountError, match=r"terrarium-prod-\*, which includes everything of prod-eu"
    ) as raised:
        check_shared_accounts([other, environment("prod")])
    assert 'resource_name = "prodeu" in environments/prod-eu.toml' in str(raised.value)
    check_shared_accounts([environment("production", access=EXISTING), environment("prod")])


@pytest.mark.parametrize(
    ("of_prod", "of_prod_eu"),
    [
        ({}, {"resource_name": "prodeu"}),
        ({"resource_name": "main"}, {}),
        ({"name_prefix": "acme"}, {}),
    ],
)
def test_accepts_names_that_begin_with_each_other_if_the_names_of_resources_do_not(
    of_prod: dict[str, str], of_prod_eu: dict[str, str]
) -> None:
    check_shared_accounts(
        [environment("prod", names=of_prod), environment("prod-eu", access=EXISTING, names=of_prod_eu)]
    )


@pytest.mark.parametrize(
    "of_trial", [{"resource_name": "prod"}, {"name_prefix": "terrarium-prod", "resource_name": "x"}]
)
def test_refuses_names_of_resources_that_begin_like_those_of_another_environment(
    of_trial: dict[str, str],
) -> None:
    with pytest.raises(SharedAccountError, match=r"terrarium-prod"):
        check_shared_accounts([environment("prod"), environment("trial", access=EXISTING, names=of_trial)])
