"""The postmaster, PostgreSQL's supervisor process, behind a gateway."""

import subprocess
from pathlib import Path

from terrarium_sandbox.postgres.gateway.settings import GatewaySettings

__all__ = ["Postmaster", "PostmasterError"]

# The time of a recovery after a crash, on a slow disk.
_TIMEOUT_SECONDS = 120


class PostmasterError(Exception):
    """PostgreSQL did not start. The message is the end of its log."""


class Postmaster:
    """PostgreSQL's supervisor process of one data folder, controlled with `pg_ctl`."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings

    @property
    def pid(self) -> int:
        """The process id, from the first line of `postmaster.pid`."""
        return int((Path(self._settings.data_folder) / "postmaster.pid").read_text().split("\n", 1)[0])

    def start(self) -> None:
        """Stop a postmaster that an earlier gateway left running. Start, and wait for connections to be accepted."""
        self.stop()
        result = self._control("start", "-l", self._settings.log_file)
        if result.returncode:
            raise PostmasterError(_end_of(Path(self._settings.log_file)))

    def stop(self) -> None:
        """End all sessions and stop cleanly ("fast" mode). Do nothing if it does not run."""
        self._control("stop", "-m", "fast")

    def _control(self, action: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        program = f"{self._settings.binaries}/pg_ctl"
        return subprocess.run(
            [
                program,
                action,
                "-w",
                "-t",
                str(_TIMEOUT_SECONDS),
                "-D",
                self._settings.data_folder,
                *arguments,
            ],
            stdin=subprocess.DEVNULL,
            # A pipe would stay open as long as the postmaster, which inherits it from `pg_ctl start`.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def _end_of(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    except OSError:
        return ""
