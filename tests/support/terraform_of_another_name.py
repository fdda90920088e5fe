"""PATH without `terraform`, and with the same program under another name."""

import os
import shutil
from pathlib import Path

__all__ = ["terraform_of_another_name"]


def terraform_of_another_name(name: str, path: str, folder: Path) -> str:
    """Return a PATH that finds all that `path` finds, and `terraform` as `name` only.

    Args:
        name: The other name.
        path: A PATH with `terraform`.
        folder: A folder for the programs; it is created.
    """
    terraform = shutil.which("terraform", path=path)
    assert terraform is not None
    folder.mkdir()
    (folder / name).write_text(f'#!/bin/sh\nexec {terraform} "$@"\n')
    (folder / name).chmod(0o755)
    entries = [Path(entry) for entry in path.split(os.pathsep) if entry]
    kept = [str(entry) for entry in entries if not (entry / "terraform").exists()]
    # The other programs beside `terraform`.
    for entry in entries:
        if (entry / "terraform").exists():
            for program in entry.iterdir():
                if program.name != "terraform" and not (folder / program.name).exists():
                    (folder / program.name).symlink_to(program)
    return os.pathsep.join([str(folder), *kept])
