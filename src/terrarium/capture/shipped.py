"""Code of an unpacked code archive, which states its repository, commit and patch."""

import json
from pathlib import Path
from typing import Final

from terrarium.code.working_tree import Patch

__all__ = ["CODE_FILE", "PATCH_FILE", "ShippedCode"]

CODE_FILE: Final = ".terrarium/code.json"
PATCH_FILE: Final = ".terrarium/code.patch"


class ShippedCode:
    """An unpacked code archive, with the interface of `WorkingTree`.

    Args:
        root: Its top folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._identity = json.loads((root / CODE_FILE).read_text())

    @classmethod
    def around(cls, folder: Path) -> "ShippedCode | None":
        """Return the code archive around a folder; None if there is none."""
        for candidate in (folder, *folder.parents):
            if (candidate / CODE_FILE).is_file():
                return cls(candidate)
        return None

    @property
    def repository(self) -> str | None:
        """Address of the repository."""
        return self._text("repository")

    def commit(self) -> str | None:
        """Return the commit."""
        return self._text("commit")

    def branch(self) -> str | None:
        """Return the branch."""
        return self._text("branch")

    def patch(self) -> Patch:
        """Return how the code differed from its commit."""
        return Patch((self.root / PATCH_FILE).read_bytes(), (), self._identity.get("left_out", {}))

    def _text(self, name: str) -> str | None:
        value = self._identity[name]
        return None if value is None else str(value)
