"""Folder in which Terraform keeps providers between plans."""

from pathlib import Path

import pytest

from operations.plan.provider_cache import provider_cache


@pytest.fixture(autouse=True)
def _user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without settings of Terraform."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.delenv("TF_PLUGIN_CACHE_DIR", raising=False)


def test_providers_are_kept_where_cdktf_keeps_them(tmp_path: Path) -> None:
    with provider_cache() as variables:
        assert variables["TF_PLUGIN_CACHE_DIR"] == str(tmp_path / ".terraform.d" / "plugin-cache")
        assert Path(variables["TF_PLUGIN_CACHE_DIR"]).is_dir()


def test_providers_are_kept_elsewhere_if_home_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".terraform.d").touch()  # the tests may run as root, who can write everywhere
    with provider_cache() as variables:
        assert variables["TF_PLUGIN_CACHE_DIR"] == str(tmp_path / "cache" / "terrarium" / "providers")


def test_the_variable_of_the_user_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", "/elsewhere")
    with provider_cache() as variables:
        assert not variables


def test_the_configuration_of_the_user_stands(tmp_path: Path) -> None:
    (tmp_path / ".terraformrc").write_text('plugin_cache_dir = "/elsewhere"')
    with provider_cache() as variables:
        assert not variables
