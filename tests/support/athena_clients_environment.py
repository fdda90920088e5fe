"""Separate environment of public Athena clients, which need an older pyarrow than the SDK."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

__all__ = ["clients_python"]

_CHECKOUT = Path(__file__).parents[2]
_HOME = _CHECKOUT / ".venv-athena-clients"
_PINS = _CHECKOUT / "requirements" / "athena-clients.txt"


def clients_python() -> Path:
    """Its interpreter; several processes of tests may ask at a time."""
    python = _HOME / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    environment = os.environ | {"VIRTUAL_ENV": str(_HOME)}
    options = ["--quiet", "--only-binary", ":all:", "--require-hashes"]
    commands: list[list[str | Path]] = [
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, _HOME],
        [uv, "pip", "sync", *options, "--python", python, _PINS],
    ]
    with (_CHECKOUT / ".venv" / "athena-clients.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in commands:
            subprocess.run(command, env=environment, check=True)
    return python
