"""Sources of Terraform's provider without a download."""

from pathlib import Path

import pytest

from terrarium.errors import Error
from terrarium_sandbox.client.provider_mirror import find_provider_mirror


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0" / "linux_amd64").mkdir(parents=True)
    return folder


def test_a_named_mirror_comes_first_and_everything_else_is_still_downloaded(
    mirror: Path, tmp_path: Path
) -> None:
    found = find_provider_mirror({"TERRARIUM_PROVIDER_MIRROR": str(mirror)}, home=tmp_path)
    assert found is not None
    assert not found.known_to_terraform
    found.write_configuration(tmp_path / "terraform.tfrc")
    written = (tmp_path / "terraform.tfrc").read_text().split()
    provider = '["registry.terraform.io/hashicorp/aws"]'
    assert written[written.index("include") :][:3] == ["include", "=", provider]
    assert written[written.index("exclude") :][:3] == ["exclude", "=", provider]
    assert f'"{mirror}"' in written


def test_a_named_folder_without_the_provider_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Error, match="TERRARIUM_PROVIDER_MIRROR"):
        find_provider_mirror({"TERRARIUM_PROVIDER_MIRROR": str(tmp_path)}, home=tmp_path)


def test_an_empty_name_means_none(tmp_path: Path) -> None:
    assert find_provider_mirror({"TERRARIUM_PROVIDER_MIRROR": ""}, home=tmp_path) is None


@pytest.mark.parametrize("variable", [True, False], ids=["TF_CLI_CONFIG_FILE", "~/.terraformrc"])
def test_the_users_own_configuration_stands(mirror: Path, tmp_path: Path, *, variable: bool) -> None:
    configuration = tmp_path / ".terraformrc"
    configuration.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{mirror}" }} }}')
    environment = {"TF_CLI_CONFIG_FILE": str(configuration)} if variable else {}
    found = find_provider_mirror(environment, home=tmp_path)
    assert found is not None
    assert found.known_to_terraform


def test_a_configuration_without_a_mirror_leaves_the_choice_to_terraform(tmp_path: Path) -> None:
    (tmp_path / ".terraformrc").write_text("plugin_cache_dir = 1")
    assert find_provider_mirror({}, home=tmp_path) is None


def test_a_mirror_where_terraform_looks_by_itself_needs_no_configuration(
    mirror: Path, tmp_path: Path
) -> None:
    plugins = tmp_path / "terraform" / "plugins"
    plugins.parent.mkdir()
    mirror.rename(plugins)
    found = find_provider_mirror({"XDG_DATA_HOME": str(tmp_path)}, home=tmp_path / "nobody")
    assert found is not None
    assert (found.folder, found.known_to_terraform) == (plugins, True)
