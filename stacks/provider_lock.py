"""Lock files of Terraform's providers, with the hashes that `terraform init` accepts. One file per platform.

A lock file that lacks the hash of a platform stops `terraform init` there. Without a lock file, Terraform installs
any package that the provider's publisher signed. Hence one file per platform: a platform without a file still works.
https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""

import platform
import shutil
import sys
from pathlib import Path

__all__ = ["LOCKS", "lock_of_platform", "write_provider_locks"]

LOCKS = Path(__file__).with_name("provider_locks")

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def lock_of_platform(locks: Path = LOCKS) -> Path:
    """Return the lock file of this platform, named as Terraform names platforms: `linux_amd64`. It may be missing."""
    machine = platform.machine().lower()
    return locks / f"{sys.platform}_{_ARCHITECTURES.get(machine, machine)}.hcl"


def write_provider_locks(outdir: Path, *, locks: Path = LOCKS) -> None:
    """Copy the lock file of this platform into the folder of each synthesized stack.

    With a lock file, cdktf does not ask Terraform's registry for the hashes of other platforms.
    """
    lock = lock_of_platform(locks)
    for stack in outdir.glob("stacks/*/cdk.tf.json"):
        written = stack.with_name(".terraform.lock.hcl")
        if lock.is_file():
            shutil.copyfile(lock, written)
