"""Synthesized stacks as lists of resources with type and construct path, for reports."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from terrarium.checkout import find_checkout
from terrarium.errors import Error

__all__ = ["Resource", "read_stacks", "resources_of", "synthesize_into", "synthesize_stacks"]


class Resource(NamedTuple):
    """A resource of a stack."""

    kind: str
    path: str
    address: str
    attributes: dict[str, Any]

    @property
    def module(self) -> str:
        """The construct below the stack that the resource belongs to."""
        return self.path.partition("/")[0]


def synthesize_stacks() -> dict[str, list[Resource]]:
    """Synthesize all environments in a separate process, and return their resources by environment."""
    with tempfile.TemporaryDirectory() as folder:
        synthesize_into(Path(folder))
        return read_stacks(Path(folder))


def synthesize_into(folder: Path) -> None:
    """Synthesize all environments into a folder, in a separate process.

    Raises:
        Error: The stacks cannot be synthesized.
    """
    done = subprocess.run(
        [sys.executable, "-m", "stacks"],
        cwd=find_checkout(),
        env={**os.environ, "CDKTF_OUTDIR": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Error(
            f"the stacks cannot be synthesized:\n{done.stderr}",
            remedy="fix the error that `make synth` prints",
        )


def read_stacks(folder: Path) -> dict[str, list[Resource]]:
    """Return the resources of every stack in the output folder of cdktf, by environment."""
    return {
        file.parent.name: list(resources_of(json.loads(file.read_text(encoding="utf-8"))))
        for file in sorted(folder.glob("stacks/*/cdk.tf.json"))
    }


def resources_of(document: dict[str, Any]) -> list[Resource]:
    """Return the resources of a synthesized stack."""
    return [
        Resource(
            kind,
            attributes["//"]["metadata"]["path"].partition("/")[2],
            f"{kind}.{name}",
            {key: value for key, value in attributes.items() if key != "//"},
        )
        for kind, named in document["resource"].items()
        for name, attributes in named.items()
    ]
