"""Account and region of an environment."""

from pathlib import Path

import pytest

from terrarium.errors import Error
from terrarium_sandbox.client.pinned_account import PinnedAccount, choose_account


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dev.toml").write_text(
        'account = "123456789012"\nregion = "eu-west-1"\n[network]\ncidr = "10.0.0.0/16"\n'
    )
    return tmp_path


def test_the_environments_file_pins_both(folder: Path) -> None:
    assert choose_account(folder, "dev", deployed=list) == PinnedAccount(
        account="123456789012", region="eu-west-1"
    )


def test_the_given_account_takes_precedence(folder: Path) -> None:
    chosen = choose_account(folder, "dev", deployed=list, account="210987654321")
    assert chosen == PinnedAccount(account="210987654321", region="eu-west-1")


def test_with_both_given_no_checkout_is_needed() -> None:
    chosen = choose_account(None, "dev", deployed=list, account="210987654321", region="us-east-1")
    assert chosen == PinnedAccount(account="210987654321", region="us-east-1")


def test_without_a_checkout_the_error_names_the_option() -> None:
    with pytest.raises(Error, match="--account and --region"):
        choose_account(None, "dev", deployed=list)


def test_without_a_checkout_the_sandbox_knows_where_the_environment_is() -> None:
    one = PinnedAccount(account="123456789012", region="eu-west-1")
    assert choose_account(None, "dev", deployed=lambda: [one]) == one
    two = PinnedAccount(account="123456789012", region="us-east-1")
    with pytest.raises(Error, match="eu-west-1, account 123456789012 in us-east-1"):
        choose_account(None, "dev", deployed=lambda: [one, two])


def test_an_unknown_environment_gets_the_names_of_those_there_are(folder: Path) -> None:
    with pytest.raises(Error, match="there are: dev"):
        choose_account(folder, "prod", deployed=list)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("account = 1", "account = 1, region = None", id="wrong types"),
        pytest.param("account =", "not TOML", id="not TOML"),
    ],
)
def test_the_error_names_a_file_without_account(folder: Path, content: str, problem: str) -> None:
    (folder / "dev.toml").write_text(content)
    with pytest.raises(Error, match=problem) as error:
        choose_account(folder, "dev", deployed=list)
    assert "dev.toml" in str(error.value)
