"""The folder of the environments' files."""

from pathlib import Path

import pytest

from terrarium.checkout import ENVIRONMENTS, environments_folder


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        pytest.param("", "/checkout/environments", id="default"),
        pytest.param("/elsewhere", "/elsewhere", id="absolute"),
        pytest.param("teams/one", "/checkout/teams/one", id="relative to the checkout"),
    ],
)
def test_the_variable_overrides_the_folder_of_the_checkout(
    value: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENTS, value)
    assert environments_folder(Path("/checkout")) == Path(folder)
