"""Files whose language is checked: text that people of this repository write."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ROOT", "written_files"]

ROOT = Path(__file__).parents[2]

_SUFFIXES = frozenset({".in", ".js", ".md", ".py", ".pyi", ".sql", ".template", ".toml", ".yaml", ".yml"})
_NAMES = frozenset({"Dockerfile", "Makefile"})


def written_files() -> Iterator[Path]:
    """Yield sources, configuration and documentation that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in sorted(filter(None, listed.split("\0"))):
        file = ROOT / name
        if (file.suffix in _SUFFIXES or file.name in _NAMES) and file.is_file() and not file.is_symlink():
            yield file
