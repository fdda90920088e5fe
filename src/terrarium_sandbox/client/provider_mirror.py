"""Mirror of Terraform's providers on this machine, to avoid downloads.

https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error
from terrarium.io.atomic_write import atomic_write

__all__ = ["ProviderMirror", "find_provider_mirror"]

_AWS_PROVIDER = Path("registry.terraform.io", "hashicorp", "aws")


@dataclass(frozen=True)
class ProviderMirror:
    """A filesystem mirror, in Terraform's layout (`HOSTNAME/NAMESPACE/TYPE/...`), that holds the AWS provider.

    Attributes:
        folder: The mirror.
        known_to_terraform: Whether Terraform uses it by default, or by the user's configuration.
    """

    folder: Path
    known_to_terraform: bool

    def write_configuration(self, file: Path) -> None:
        """Write a CLI configuration for Terraform that installs the providers in this mirror from it.

        Terraform downloads the others.
        """
        providers = sorted(str(path.relative_to(self.folder)) for path in self.folder.glob("*.*/*/*"))
        held = ", ".join(f'"{provider}"' for provider in providers)
        text = (
            "provider_installation {\n"
            f'  filesystem_mirror {{\n    path    = "{self.folder}"\n    include = [{held}]\n  }}\n'
            f"  direct {{\n    exclude = [{held}]\n  }}\n"
            "}\n"
        )
        with atomic_write(file) as target:
            target.write(text.encode())


def find_provider_mirror(environment: Mapping[str, str], *, home: Path) -> ProviderMirror | None:
    """Return the mirror to install the AWS provider from; None to use Terraform's configuration.

    In this order: `TERRARIUM_PROVIDER_MIRROR` (empty: none), the user's Terraform configuration, Terraform's default
    folders, and any mirror directly below /opt.

    Args:
        environment: The process's environment variables.
        home: The user's home folder.

    Raises:
        Error: `TERRARIUM_PROVIDER_MIRROR` names no mirror that holds the AWS provider.
    """
    named = environment.get("TERRARIUM_PROVIDER_MIRROR")
    if named is not None:
        return _named_mirror(Path(named)) if named else None
    configuration = Path(environment.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    if configuration.is_file():
        # The user's configuration decides; the sandbox only has to know whether it has a mirror.
        text = configuration.read_text(errors="replace")
        return ProviderMirror(configuration, known_to_terraform=True) if "_mirror" in text else None
    for folder in _implied_folders(environment, home):
        if _holds_aws_provider(folder):
            return ProviderMirror(folder, known_to_terraform=True)
    for folder in sorted(Path("/opt").glob("*")):
        if _holds_aws_provider(folder):
            return ProviderMirror(folder, known_to_terraform=False)
    return None


def _named_mirror(folder: Path) -> ProviderMirror:
    if not _holds_aws_provider(folder):
        raise Error(
            f"TERRARIUM_PROVIDER_MIRROR is {folder}, and {folder / _AWS_PROVIDER} is not a folder",
            remedy="name a folder that `terraform providers mirror` has filled, or unset the variable",
        )
    return ProviderMirror(folder.resolve(), known_to_terraform=False)


def _holds_aws_provider(folder: Path) -> bool:
    return (folder / _AWS_PROVIDER).is_dir()


def _implied_folders(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Return Terraform's default folders: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories."""
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
        return
    yield Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for folder in (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(folder) / "terraform" / "plugins"
