"""An environment of Python without Terrarium: the packages of this one, except the kit and cdktf."""

import sys
from pathlib import Path

__all__ = ["environment_without_terrarium"]

_REFUSAL = """
import sys


class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"terrarium", "terrarium_sandbox", "cdktf", "cdktf_lean"}:
            raise ModuleNotFoundError(f"No module named {name!r}")


sys.meta_path.insert(0, Refusal())
"""


def environment_without_terrarium(folder: Path) -> Path:
    """Write the programs `python` and `mlflow` to `bin` in a folder, and return the folder."""
    (folder / "bin").mkdir(parents=True)
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(_REFUSAL)
    for name, arguments in {"python": "", "mlflow": " -m mlflow"}.items():
        program = folder / "bin" / name
        program.write_text(f'#!/bin/sh\nPYTHONPATH={folder / "site"} exec {sys.executable}{arguments} "$@"\n')
        program.chmod(0o755)
    return folder
