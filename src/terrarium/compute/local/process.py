"""One process of a local job: prepared as a container is, and ended with all that it started."""

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

_STOP_SECONDS = 30.0  # between SIGTERM and SIGKILL, as ECS has it


class LocalProcess:
    """A process in a folder of its own, with a log.

    Args:
        request: What it runs.
        archive: The code, if any is sent along, and where in it to work.
        given: Variables besides those of this process and of the request.
        log: Takes what it says.
        fetch: Downloads an input to a path.

    Raises:
        OSError: There is no such program.
        PackagesNotProvidedError: Its packages are not to be had.
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
        """What a shell would say of its end; None while it runs."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def stop(self, *, patience_seconds: float = _STOP_SECONDS) -> None:
        """Ask it to end, and kill it if it does not."""
        if self.exit_code is None:
            self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        """Kill all of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End what is left of it, and remove its folder."""
        self.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _provide_packages(request: JobRequest, folder: Path) -> list[Path]:
    """The folder that has them, if any are needed."""
    if request.packages is None:
        return []
    from terrarium.compute.local.packages import provide_local_packages

    kept = cache_directory() / "packages"
    with file_lock(kept):  # jobs of an array begin together, and one of them installs for all
        found = provide_local_packages(
            request.packages, folder=folder, kept=kept, variables=request.variables
        )
    return [] if found is None else [found]
