"""A checkout with an edited configuration file of an environment."""

import shutil
from collections.abc import Callable
from pathlib import Path

from terrarium.checkout import environments_folder
from tests.support.local_sandbox import LocalSandbox

__all__ = ["edited_checkout"]

_PACKAGES = ("environments", "modules", "operations", "stacks")
_FILES = ("LICENSE", "README.md", "cdktf.json", "pyproject.toml")
# What stacks read and no test edits: the tools, pipelines, and the sources that name the SDK's release.
_UNEDITED = (".venv", "examples", "images", "node_modules", "policies", "requirements", "src")


def edited_checkout(sandbox: LocalSandbox, folder: Path, edit: Callable[[str, str], str]) -> LocalSandbox:
    """The same sandbox, seen from a checkout in `folder` in which every environment's file was edited.

    Args:
        sandbox: The sandbox, and the checkout to start from.
        folder: Where the checkout is made.
        edit: From an environment's name and its file's text to the new text.
    """
    for package in _PACKAGES:
        shutil.copytree(
            sandbox.checkout / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for copied in _FILES:
        shutil.copy(sandbox.checkout / copied, folder)
    for unedited in _UNEDITED:
        (folder / unedited).symlink_to((sandbox.checkout / unedited).resolve())
    environments = folder / "environments"
    for own in environments.glob("*.toml"):
        own.unlink()
    for file in environments_folder(sandbox.checkout).glob("*.toml"):
        (environments / file.name).write_text(edit(file.stem, file.read_text()))
    return LocalSandbox(home=sandbox.home, checkout=folder, environments=environments)
