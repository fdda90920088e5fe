"""Notebook that runs the code, if any."""

import os
from pathlib import Path
from typing import Any

from terrarium.imported_module import imported_module

__all__ = ["executed_cells", "notebook_path"]


def executed_cells() -> str | None:
    """Return the cells executed so far, as a script in percent format; None outside IPython."""
    shell = _shell()
    if shell is None:
        return None
    cells = shell.user_ns.get("In", [])[1:]
    return "\n\n".join(f"# %% [{number}]\n{source}" for number, source in enumerate(cells, start=1)) + "\n"


def notebook_path() -> Path | None:
    """Return the notebook's file if Jupyter or Visual Studio Code states it."""
    shell = _shell()
    if shell is None:
        return None
    known = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
    return Path(known) if known else None


def _shell() -> Any:
    ipython = imported_module("IPython")
    return ipython.get_ipython() if ipython else None
