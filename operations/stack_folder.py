"""Synthesized stack of one environment in a folder, and Terraform in that folder."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from operations.plan.provider_cache import provider_cache
from operations.synthesized import synthesize_into
from operations.terraform_remedy import remedy_of
from policies.plan.terraform_binary import terraform_binary
from terrarium.checkout import find_checkout
from terrarium.errors import Error

__all__ = ["StackFolder", "synthesized_stack"]


class StackFolder(NamedTuple):
    """The folder with the synthesized stack of an environment.

    Args:
        environment: The environment's name.
        path: The folder.
    """

    environment: str
    path: Path

    @property
    def file(self) -> Path:
        """The stack's file."""
        return self.path / "cdk.tf.json"

    def document(self) -> dict[str, Any]:
        """Return the stack."""
        document: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return document

    def terraform(self, *arguments: str) -> str:
        """Run `terraform <arguments>` in the folder, and return what it printed.

        Raises:
            terrarium.errors.Error: Terraform failed.
        """
        return self._run(arguments, {})

    def init(self) -> None:
        """Install the provider and connect to the state.

        Raises:
            terrarium.errors.Error: Terraform failed.
        """
        with provider_cache() as variables:
            self._run(("init", "-input=false", "-no-color"), variables)

    def _run(self, arguments: Sequence[str], variables: Mapping[str, str]) -> str:
        binary = terraform_binary()
        done = subprocess.run(
            [binary, f"-chdir={self.path}", *arguments],
            cwd=find_checkout(),
            env={**os.environ, **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            printed = done.stderr or done.stdout
            raise Error(
                f"{Path(binary).name} {arguments[0]} failed:\n{printed}",
                remedy=remedy_of(printed, environment=self.environment),
            )
        return done.stdout


@contextmanager
def synthesized_stack(name: str, *, synthesized: Path | None = None) -> Iterator[StackFolder]:
    """Yield the folder with the stack of an environment.

    Args:
        name: The environment.
        synthesized: A folder with the synthesized stacks. Default: the stacks are synthesized in a temporary folder.

    Raises:
        terrarium.errors.Error: There is no such stack, or the stacks cannot be synthesized.
    """
    if synthesized is not None:
        yield _checked(StackFolder(name, synthesized.absolute() / "stacks" / name))
        return
    with TemporaryDirectory(prefix="terrarium-stack-") as folder:
        synthesize_into(Path(folder))
        yield _checked(StackFolder(name, Path(folder) / "stacks" / name))


def _checked(stack: StackFolder) -> StackFolder:
    if not stack.file.is_file():
        raise Error(
            f"there is no synthesized stack {stack.file}",
            remedy="synthesize it: CDKTF_OUTDIR=<folder> python -m stacks; or leave out --synthesized",
        )
    return stack
