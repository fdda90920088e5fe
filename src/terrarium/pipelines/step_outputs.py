"""Outputs and files that steps store for later steps: in the bucket, or in a folder of a local run."""

import json
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from terrarium.pipelines.artifact_keys import COMPARED, compared_key, execution_folder, step_folder
from terrarium.pipelines.errors import StepFailedError

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts

__all__ = ["BucketOutputStore", "FolderOutputStore", "OutputStore", "encode_outputs"]

_OUTPUTS = "outputs.json"
_MOST_BYTES = 100_000  # the state of an execution holds at most 256 KiB


class OutputStore(Protocol):
    """Storage of the outputs and files of an execution's steps."""

    def save(self, step: str, index: int | None, outputs: Mapping[str, Any], folder: Path) -> None:
        """Store the outputs of a step, and all files of a folder."""

    def outputs(self, step: str, index: int | None) -> Any:
        """Return the outputs of a step."""

    def file(self, step: str, index: int | None, name: str) -> Path:
        """Return the local path of a file of a step."""


class FolderOutputStore:
    """Outputs and files in a folder of this machine.

    Args:
        folder: Folder of the execution.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(
        self,
        step: str,
        index: int | None,
        outputs: Mapping[str, Any],
        folder: Path,  # noqa: ARG002 - the protocol's
    ) -> None:
        """Store the outputs of a step. Its files are stored already, if `folder` is `self.folder(...)`."""
        (self._folder / step_folder(step, index) / _OUTPUTS).write_bytes(encode_outputs(step, outputs))

    def folder(self, step: str, index: int | None) -> Path:
        """Create and return the folder for the files of a step."""
        folder = self._folder / step_folder(step, index) / "files"
        folder.mkdir(parents=True)
        return folder

    def outputs(self, step: str, index: int | None) -> Any:
        """Return the outputs of a step."""
        return json.loads((self._folder / step_folder(step, index) / _OUTPUTS).read_bytes())

    def file(self, step: str, index: int | None, name: str) -> Path:
        """Return the path of a file of a step."""
        return self._folder / step_folder(step, index) / "files" / name


class BucketOutputStore:
    """Outputs and files among the artifacts of an environment.

    Args:
        artifacts: The artifacts of the environment.
        pipeline: Name of the pipeline.
        execution: Name of the execution.
    """

    def __init__(self, artifacts: "Artifacts", *, pipeline: str, execution: str) -> None:
        self._artifacts = artifacts
        self._folder = execution_folder(pipeline, execution)
        self._here = Path(tempfile.mkdtemp(prefix="terrarium-step-"))

    def save(
        self,
        step: str,
        index: int | None,
        outputs: Mapping[str, Any],
        folder: Path,
        *,
        compared: Collection[str] = (),
    ) -> None:
        """Store the files of a step, and then its outputs: where there are outputs, there are all files.

        Args:
            step: Name of the step.
            index: Index of the job in its array.
            outputs: Outputs of the step.
            folder: Folder with the files.
            compared: Outputs that conditions of later steps compare; the state machine reads only these.
        """
        encoded = encode_outputs(step, outputs)
        place = f"{self._folder}/{step_folder(step, index)}"
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._artifacts.put(path, f"{place}/files/{path.relative_to(folder)}", progress=False)
        if compared:
            chosen = {compared_key(name): outputs[name] for name in sorted(compared) if name in outputs}
            self._artifacts.put_bytes(encode_outputs(step, chosen), f"{place}/{COMPARED}")
        self._artifacts.put_bytes(encoded, f"{place}/{_OUTPUTS}")

    def outputs(self, step: str, index: int | None) -> Any:
        """Return the outputs of a step."""
        name = f"{self._folder}/{step_folder(step, index)}/{_OUTPUTS}"
        return json.loads(self._artifacts.get_bytes(self._artifacts.latest(name)))

    def file(self, step: str, index: int | None, name: str) -> Path:
        """Download a file of a step, and return its path."""
        part = f"{step_folder(step, index)}/files/{name}"
        return self._artifacts.get(
            self._artifacts.latest(f"{self._folder}/{part}"), self._here / part, progress=False
        )


def encode_outputs(step: str, outputs: Mapping[str, Any]) -> bytes:
    """Return outputs as JSON.

    Raises:
        StepFailedError: JSON cannot represent the outputs, or they are too large.
    """
    try:
        encoded = json.dumps(outputs, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise StepFailedError(
            f"the outputs of {step} cannot be stored: {error}",
            remedy="return numbers, text, lists and mappings; store anything else in context.folder",
        ) from error
    if len(encoded) > _MOST_BYTES:
        raise StepFailedError(
            f"the outputs of {step} have {len(encoded)} bytes; the limit is {_MOST_BYTES}",
            remedy="store large objects in context.folder, and return only what later steps need",
        )
    return encoded
