"""`python -m operations.provider_lock`: writes the lock files of Terraform's providers in `stacks/provider_locks`."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from operations.synthesized import synthesize_into
from policies.plan.terraform_binary import terraform_binary
from stacks.provider_lock import LOCKS
from terrarium.echo import echo
from terrarium.errors import Error

__all__ = ["lock_providers"]

_PLATFORMS = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")


@click.command()
@click.argument("platforms", nargs=-1)
@click.option("--fs-mirror", help="Folder that `terraform providers mirror` filled.")
@click.option("--net-mirror", help="Address of a provider mirror.")
def command(platforms: tuple[str, ...], *, fs_mirror: str | None, net_mirror: str | None) -> None:
    """Write the lock file of each of PLATFORMS, by default those of Linux and macOS.

    Without a mirror, Terraform downloads the provider from its registry, once per platform. `terraform providers lock`
    does not read the mirrors in Terraform's CLI configuration.
    """
    mirror = [f"-fs-mirror={fs_mirror}"] if fs_mirror else [f"-net-mirror={net_mirror}"] if net_mirror else []
    required = _required_providers()
    for platform in platforms or _PLATFORMS:
        echo(f"wrote {lock_providers(required, platform, mirror=mirror)}")


def lock_providers(
    required: dict[str, Any], platform: str, *, mirror: list[str], locks: Path = LOCKS
) -> Path:
    """Write the lock file of a platform.

    Args:
        required: The providers, as in `terraform.required_providers` of a stack.
        platform: Its name in Terraform: `linux_amd64`.
        mirror: The options of `terraform providers lock` that name a mirror; empty for the registry.
        locks: The folder of the lock files.

    Raises:
        Error: Terraform cannot find a provider.
    """
    with TemporaryDirectory(prefix="terrarium-lock-") as folder:
        document = {"terraform": {"required_providers": required}}
        Path(folder, "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        command = [
            terraform_binary(),
            f"-chdir={folder}",
            "providers",
            "lock",
            f"-platform={platform}",
            *mirror,
        ]
        done = subprocess.run([*command, "-no-color"], check=False, capture_output=True, text=True)
        if done.returncode:
            raise Error(
                f"the providers cannot be locked for {platform}:\n{done.stderr or done.stdout}",
                remedy="without access to Terraform's registry, name a mirror: --fs-mirror FOLDER or --net-mirror URL",
            )
        target = locks / f"{platform}.hcl"
        target.write_bytes(Path(folder, ".terraform.lock.hcl").read_bytes())
        return target


def _required_providers() -> dict[str, Any]:
    with TemporaryDirectory(prefix="terrarium-lock-") as folder:
        synthesize_into(Path(folder))
        return {
            name: provider
            for file in Path(folder).glob("stacks/*/cdk.tf.json")
            for name, provider in json.loads(file.read_text())["terraform"]["required_providers"].items()
        }


if __name__ == "__main__":
    try:
        command()
    except Error as error:
        sys.exit(f"terrarium: {error}")
