"""The lifecycle script of notebook instances, composed from the files in this folder."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["on_start_script"]

_FOLDER: Final = Path(__file__).parent
# The path of each program on the instance.
_PROGRAMS: Final = {
    "/usr/local/bin/terrarium-install-sdk": "install_sdk.sh",
    "/usr/local/bin/terrarium-setup": "setup.sh",
    "/usr/local/bin/terrarium-stop-when-idle": "stop_when_idle.py",
}
_SETTINGS: Final = "/etc/terrarium-notebook"
_PROFILE: Final = "/etc/profile.d/terrarium-proxy.sh"
_END: Final = "END-OF-TERRARIUM-FILE"


def on_start_script(settings: Mapping[str, str], *, exported: Mapping[str, str]) -> str:
    """Return the shell script that runs at every start of a notebook instance.

    Args:
        settings: Variables for the programs, such as `ENVIRONMENT`, `REGION` and `BUCKET`.
        exported: Environment variables of all programs, of terminals and of kernels: those of a proxy.
    """
    assignments = "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
    parts = ["#!/bin/bash\n", _written(_SETTINGS, assignments, mode="0644")]
    if exported:
        assigned = [f"{name}={shlex.quote(value)}" for name, value in exported.items()]
        exports = "".join(f"export {one}\n" for one in assigned)
        # Units of systemd, such as the Jupyter server and the timer, read no profile.
        parts += [
            _written(_PROFILE, exports, mode="0644"),
            f". {_PROFILE}\n",
            f"systemctl set-environment {' '.join(assigned)}\n",
        ]
    parts += [_written(path, _content(name), mode="0755") for path, name in _PROGRAMS.items()]
    return "".join([*parts, _content("on_start.sh")])


def _written(path: str, content: str, *, mode: str) -> str:
    return f"cat > {path} <<'{_END}'\n{content}{_END}\nchmod {mode} {path}\n"


def _content(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
