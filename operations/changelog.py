"""CHANGELOG.md: the releases that it has, and the notes of one of them.

`python -m operations.changelog TAG` prints the notes of the release with this tag, `v<version>`. Needs only Python: CI
runs it before it installs anything.
"""

import re
import sys
from pathlib import Path
from typing import Final

__all__ = ["release_notes", "released_versions"]

_CHECKOUT: Final = Path(__file__).parents[1]
_RELEASE: Final = re.compile(
    r"^## (?P<version>\d\S*) \(\d{4}-\d\d-\d\d\)\n(?P<notes>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def released_versions(checkout: Path = _CHECKOUT) -> tuple[str, ...]:
    """Return the versions in the changelog, the newest first."""
    return tuple(release["version"] for release in _releases(checkout))


def release_notes(version: str, checkout: Path = _CHECKOUT) -> str:
    """Return the section of a version in the changelog, as Markdown without its heading.

    Raises:
        KeyError: The changelog has no section of this version, or an empty one.
    """
    notes = {release["version"]: release["notes"].strip() for release in _releases(checkout)}
    if not notes.get(version):
        raise KeyError(version)
    return notes[version]


def _releases(checkout: Path) -> list[re.Match[str]]:
    return list(_RELEASE.finditer((checkout / "CHANGELOG.md").read_text(encoding="utf-8")))


if __name__ == "__main__":
    match sys.argv[1:]:
        case [tag]:
            try:
                print(release_notes(tag.removeprefix("v")))
            except KeyError:
                sys.exit(
                    f"terrarium: CHANGELOG.md has no entries for {tag}. It has: {', '.join(released_versions())}"
                )
        case _:
            sys.exit("usage: python -m operations.changelog TAG")
