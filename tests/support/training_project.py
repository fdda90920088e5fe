"""A small git project with code for jobs."""

import subprocess
from pathlib import Path

import pytest

__all__ = ["make_project", "project"]

_PROGRAMS = {
    "greet.py": "import greeting, sys\nprint(greeting.WORDS, *sys.argv[1:])\n",
    "greeting.py": "WORDS = 'good day'\n",
    "fail.py": "import sys\nprint('about to fail')\nsys.exit(3)\n",
    "hang.py": "import time\nprint('begun', flush=True)\ntime.sleep(3600)\n",
    "show.py": "import os, sys\nprint(*(f'{n}={os.environ.get(n)}' for n in sys.argv[1:]))\n",
    "odd.py": "import os, sys\nsys.exit(int(os.environ['TERRARIUM_ARRAY_INDEX']) % 2)\n",
    "once.py": (
        "import pathlib, sys\nmark = pathlib.Path(sys.argv[1])\n"
        "again = mark.exists()\nmark.touch()\nsys.exit(0 if again else 1)\n"
    ),
    "deep/where.py": "import pathlib, greeting\nprint(pathlib.Path.cwd().name, greeting.WORDS)\n",
    ".gitignore": "data/\n",
}


def make_project(folder: Path) -> Path:
    """Write it and commit it; its folder."""
    for name, text in _PROGRAMS.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Begin"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's working folder, a checkout."""
    folder = make_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder
