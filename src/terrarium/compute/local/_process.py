"""One process of a local job, prepared like a container and killed together with its children."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp

from terrarium import env_vars as variables
from terrarium.artifacts import ArtifactRef
from terrarium.compute.code.unpacking import unpack
from terrarium.compute.request import JobRequest
from terrarium.directories import cache_directory
from terrarium.io.file_lock import file_lock

__all__ = ["LocalProcess"]

_STOP_SECONDS = 30.0  # between SIGTERM and SIGKILL, as in ECS


class LocalProcess:
    """A process with its own folder and log.

    Args:
        request: The request of the job.
        archive: The archive of the code and the working folder in it; None without code.
        given: Environment variables in addition to those of this process and of the request.
        log: File for the output.
        fetch: Function that downloads an input to a path.

    Raises:
        OSError: The program does not exist.
        PackagesNotProvidedError: Its packages cannot be installed.
    """

    def __init__(
        self,
        request: JobRequest,
        *,
        archive: tuple[bytes, str] | None,
        given: Mapping[str, str],
        log: Path,
        fetch: Callable[[ArtifactRef, Path], None],
    ) -> None:
        self._folder = Path(mkdtemp(prefix="terrarium-job-"))
        code, inputs = self._folder / "code", self._folder / "inputs"
        for folder in (code, inputs):
            folder.mkdir()
        packages = _provide_packages(request, self._folder / "packages")
        programs = [str(folder / "bin") for folder in packages]
        working_folder = code
        if archive is not None:
            unpack(archive[0], code)
            working_folder = code / archive[1]
        environment = {
            **os.environ,
            **request.variables,
            **given,
            variables.INPUT_FOLDER: str(inputs),
            "PATH": os.pathsep.join(
                [*programs, str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
            ),
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(code), *map(str, packages), os.environ.get("PYTHONPATH")])
            ),
        }
        if request.run is not None:
            environment[variables.RUN] = request.run
        for name, reference in request.inputs.items():
            fetch(reference, inputs / name)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                request.command,
                cwd=working_folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def exit_code(self) -> int | None:
        """The exit code, as a shell states it; None while the process runs."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def stop(self, *, patience_seconds: float = _STOP_SECONDS) -> None:
        """Send SIGTERM, and kill the process if it does not end in time."""
        if self.exit_code is None:
            self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        """Kill its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the remaining processes, and remove the folder."""
        self.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _provide_packages(request: JobRequest, folder: Path) -> list[Path]:
    """Return the folder of the packages; an empty list if none are needed."""
    if request.packages is None:
        return []
    from terrarium.compute.local.packages import provide_local_packages

    kept = cache_directory() / "packages"
    with file_lock(kept):  # jobs of an array start together: one of them installs for all
        found = provide_local_packages(
            request.packages, folder=folder, kept=kept, variables=request.variables
        )
    return [] if found is None else [found]
