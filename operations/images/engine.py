"""Container engine of this machine: docker or podman."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from terrarium.errors import FailedError
from terrarium.manifest import Architecture

__all__ = ["ContainerEngine", "EngineError"]

# Values of Docker's --platform (Go's names of architectures).
_PLATFORMS: Mapping[Architecture, str] = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}


class EngineError(FailedError):
    """There is no container engine, or its command failed."""


class ContainerEngine(NamedTuple):
    """A program that builds and pushes images.

    Attributes:
        program: The path of the program. Docker and podman take the same arguments.
    """

    program: str

    @classmethod
    def find(cls) -> Self:
        """Return docker or, without it, podman.

        Raises:
            EngineError: PATH has neither.
        """
        program = shutil.which("docker") or shutil.which("podman")
        if program is None:
            raise EngineError(
                "no container engine: neither docker nor podman is on PATH",
                remedy="install one of them, or let the deploy workflow build and push the image",
            )
        return cls(program)

    def build(
        self, context: Path, *, image: str, architecture: Architecture, arguments: tuple[str, ...] = ()
    ) -> None:
        """Build the image of the Dockerfile in `context`. The engine's output goes to the terminal.

        Args:
            context: The folder that the Dockerfile may read.
            image: The repository and the tag that the image gets.
            architecture: The processor architecture. Another one than that of this machine needs QEMU, which Docker
                Desktop and podman machine have.
            arguments: `NAME=value` of the Dockerfile's `ARG`s.
        """
        options = [option for argument in arguments for option in ("--build-arg", argument)]
        self._run("build", "--platform", _PLATFORMS[architecture], *options, "--tag", image, str(context))

    def has(self, image: str) -> bool:
        """Return whether this machine has the image."""
        done = subprocess.run(
            [self.program, "image", "inspect", image],
            check=False,
            capture_output=True,
            env=self._environment(),
        )
        return done.returncode == 0

    def log_in(self, registry: str, *, user: str, password: str) -> None:
        """Log in to a registry. The password is passed through standard input, not as an argument."""
        self._run("login", "--username", user, "--password-stdin", registry, input=password, quiet=True)

    def tag(self, image: str, name: str) -> None:
        """Give an image of this machine a second name."""
        self._run("tag", image, name)

    def push(self, image: str) -> None:
        """Push an image to the registry that its name begins with."""
        self._run("push", image)

    def _run(self, *arguments: str, input: str | None = None, quiet: bool = False) -> None:  # noqa: A002 - subprocess'
        done = subprocess.run(
            [self.program, *arguments],
            check=False,
            input=input,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            env=self._environment(),
        )
        if done.returncode:
            detail = f": {done.stderr.strip()[-1000:]}" if done.stderr else "; its output is above"
            raise EngineError(
                f"`{Path(self.program).name} {arguments[0]}` failed with exit code {done.returncode}{detail}",
                remedy="check that the engine runs (`docker info`, `podman info`) and that it reaches the registry",
            )

    def _environment(self) -> dict[str, str]:
        # With an attestation, the image would become an index of two manifests, with the digest of the index.
        return {**os.environ, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
