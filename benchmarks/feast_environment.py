"""Virtual environment for Feast. Together with current packages, a resolver selects an old release of it."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["feast_python"]

_CHECKOUT = Path(__file__).parents[1]
_HOME = _CHECKOUT / ".venv-feast"
_PINS = _CHECKOUT / "requirements" / "feast.txt"


def feast_python() -> Path | None:
    """Return the interpreter of the environment, created if missing; None, with a printed reason, if that fails."""
    python = _HOME / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    environment = os.environ | {"VIRTUAL_ENV": str(_HOME)}
    commands: list[list[str | Path]] = [
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, _HOME],
        [uv, "pip", "sync", "--quiet", "--python", python, "--compile-bytecode", "--require-hashes", _PINS],
    ]
    for command in commands:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"Feast cannot be installed, and is left out:\n{done.stderr}")
            return None
    return python
