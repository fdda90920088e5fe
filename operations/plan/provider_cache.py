"""Folder in which Terraform keeps downloaded providers between commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terrarium.directories import cache_directory
from terrarium.io.file_lock import file_lock

__all__ = ["provider_cache"]


@contextmanager
def provider_cache() -> Iterator[dict[str, str]]:
    """Yield the variables with which `terraform init` keeps its providers: it downloads each version once.

    The user's setting comes first: `TF_PLUGIN_CACHE_DIR`, or `plugin_cache_dir` in Terraform's CLI configuration.
    Otherwise it is the folder of cdktf's command line, `~/.terraform.d/plugin-cache`, or `providers` in Terrarium's
    cache if that cannot be created. One process uses it at a time: Terraform does not guarantee that concurrent `init`s
    can share a folder.
    https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
    """
    if os.environ.get("TF_PLUGIN_CACHE_DIR") or _configured():
        yield {}
        return
    folder = _folder()
    with file_lock(folder):
        yield {
            "TF_PLUGIN_CACHE_DIR": str(folder),
            # Without it, Terraform uses the folder only for providers whose hash is in the lock file. The hashes of
            # platforms without a lock file in `stacks/provider_locks` are in none.
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true",
        }


def _folder() -> Path:
    folder = Path.home() / ".terraform.d" / "plugin-cache"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only home folder
        folder = cache_directory() / "providers"
        folder.mkdir(exist_ok=True)
    return folder


def _configured() -> bool:
    file = Path(os.environ.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    try:
        return "plugin_cache_dir" in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
