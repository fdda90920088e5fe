"""Check of the tag of a release: `python -m operations.release_tag TAG` fails unless the tag names this version.

The only source of the version is pyproject.toml. A release has the tag `v<version>` and a section in
CHANGELOG.md. Needs only Python: CI runs it before it installs anything.
"""

import sys
import tomllib
from pathlib import Path
from typing import Final

from operations.changelog import released_versions

__all__ = ["ReleaseTagError", "check_release_tag", "project_version"]

_CHECKOUT: Final = Path(__file__).parents[1]


class ReleaseTagError(Exception):
    """The tag, the version of the project and the changelog do not agree."""


def check_release_tag(tag: str, *, checkout: Path = _CHECKOUT) -> None:
    """Check that `tag` names the version of the checkout, and that the changelog has a section for it.

    Raises:
        ReleaseTagError: They do not agree.
    """
    version = project_version(checkout)
    if tag != f"v{version}":
        raise ReleaseTagError(
            f"the tag {tag} does not name the version {version} of pyproject.toml. Set `version` there, commit, "
            f"and tag that commit: git tag v{version}"
        )
    released = next(iter(released_versions(checkout)), "missing")
    if released != version:
        raise ReleaseTagError(
            f"the newest release in CHANGELOG.md is {released}, and pyproject.toml has {version}. "
            f"Move the entries of 'Unreleased' to a section '## {version} (YYYY-MM-DD)'"
        )


def project_version(checkout: Path = _CHECKOUT) -> str:
    """Return the version of the project in pyproject.toml."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


if __name__ == "__main__":
    match sys.argv[1:]:
        case [tag]:
            try:
                check_release_tag(tag)
            except ReleaseTagError as error:
                sys.exit(f"terrarium: {error}")
        case _:
            sys.exit("usage: python -m operations.release_tag TAG")
