"""Commands that install packages, in the text of shell scripts, Dockerfiles, Makefiles and workflows."""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["install_commands", "is_offline", "is_verified"]

_CONTINUED: Final = re.compile(r"\\\n\s*")
_COMMENT: Final = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_SEPARATORS: Final = re.compile(r"&&|\|\||[;|\n]")
_INSTALLERS: Final = re.compile(
    r"\b(pip[\d.]*|uv\s+pip|uv\s+tool|pipx|conda|mamba)\s([^#]*\s)?(install|sync|download|run)\b"
    r"|\buvx\s|\buv\s+(sync|run|add)\b|\bnpx\s|\b(npm|yarn|pnpm)\s+(i|install|add|ci|exec)\b"
)


def install_commands(text: str) -> Iterator[str]:
    """Yield every command in a text that installs or downloads packages, each joined into one line."""
    joined = _COMMENT.sub("", _CONTINUED.sub(" ", text))
    for command in _SEPARATORS.split(joined):
        if _INSTALLERS.search(command):
            yield " ".join(command.split())


def is_verified(command: str) -> bool:
    """Return whether a command verifies the hashes of all packages, or installs only local code without dependencies.

    `npm ci` verifies the hashes of package-lock.json.
    """
    own_code = "--no-deps" in command and "--no-build-isolation" in command
    return "--require-hashes" in command or own_code or re.search(r"\bnpm\s+ci\b", command) is not None


def is_offline(command: str) -> bool:
    """Return whether a command installs packages from local files only, without an index."""
    return "--no-index" in command
