"""The previous release: its sources, and its SDK in a Python environment of its own, without a package index."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = [
    "PREVIOUS_COMMIT",
    "PREVIOUS_VERSION",
    "PreviousRelease",
    "extract_previous_release",
]

PREVIOUS_VERSION: Final = "0.1.0"
PREVIOUS_COMMIT: Final = "36ea029cc786e32615ecd4564aa9214ecd3462fb"
"""The commit of the release before the version in pyproject.toml. Change both after each release."""

_CHECKOUT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class PreviousRelease:
    """The sources of the previous release in `checkout`, and its Python environment, which has them or their wheel.

    The dependencies are those of today's environment: a release changes them separately from its own code.
    """

    checkout: Path
    environment: Path

    @property
    def programs(self) -> Path:
        """The folder of `python` and `terrarium`."""
        return self.environment / "bin"

    @property
    def python(self) -> Path:
        """The interpreter, which imports the previous release."""
        return self.programs / "python"

    def install_sdk(self) -> None:
        """Build the wheel of the SDK, and install it, as its users do."""
        wheels = self.environment / "wheels"
        self._build("hatchling", "build", "-t", "wheel", "-d", str(wheels))
        self._install(*map(str, wheels.glob("*.whl")))

    def install_checkout(self) -> None:
        """Install SDK and sandbox from the sources, as `make setup` does for an operator."""
        self._install("--no-build-isolation", "--editable", ".", "--editable", "src/terrarium_sandbox")

    def run(
        self, *arguments: str | Path, variables: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> str:
        """Run `python <arguments>` in a folder, and return what it printed."""
        done = subprocess.run(
            [self.python, *arguments],
            cwd=folder,
            env={**os.environ, **(variables or {})},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def _build(self, *arguments: str) -> None:
        _checked(sys.executable, "-m", *arguments, folder=self.checkout)

    def _install(self, *arguments: str) -> None:
        uv = Path(sys.executable).with_name("uv")
        _checked(
            uv,
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--python",
            self.python,
            "--no-deps",
            *arguments,
            folder=self.checkout,
        )


def extract_previous_release(folder: Path, *, repository: Path = _CHECKOUT) -> PreviousRelease:
    """Write the sources of the previous release to `folder`, and create its environment, without the release yet."""
    checkout = folder / "checkout"
    environment = checkout / ".venv"
    checkout.mkdir(parents=True)
    archive = folder / "checkout.tar"
    done = subprocess.run(
        ["git", "archive", "--output", archive, PREVIOUS_COMMIT],
        cwd=repository,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (
        f"this repository lacks the commit {PREVIOUS_COMMIT} of the previous release {PREVIOUS_VERSION}, which the "
        f"tests build. Get it, in a shallow clone: git fetch --unshallow; in a repository without Terrarium's history: "
        f"git fetch <Terrarium's repository> tag v{PREVIOUS_VERSION}\n{done.stderr}"
    )
    _checked("tar", "-xf", archive, folder=checkout)
    archive.unlink()
    _checked(sys.executable, "-m", "venv", "--without-pip", environment, folder=folder)
    # Python reads the file of today's editable installation only in today's environment: its code is not on the path.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return PreviousRelease(checkout, environment)


def _checked(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
