"""What steps leave to later ones: outputs and files, in the bucket or, locally, in a folder."""

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
_MOST_BYTES = 100_000  # the state of an execution holds 256 KiB in all


class OutputStore(Protocol):
    """Where an execution's steps leave what they leave."""

    def save(self, step: str, index: int | None, outputs: Mapping[str, Any], folder: Path) -> None:
        """Leave a step's outputs, and all files of a folder."""

    def outputs(self, step: str, index: int | None) -> Any:
        """The outputs that a step left."""

    def file(self, step: str, index: int | None, name: str) -> Path:
        """A file that a step left."""


class FolderOutputStore:
    """In a folder of this machine.

    Args:
        folder: The execution's own.
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
        """Leave a step's outputs; its files lie there already, if `folder` is `self.folder(...)`."""
        (self._folder / step_folder(step, index) / _OUTPUTS).write_bytes(encode_outputs(step, outputs))

    def folder(self, step: str, index: int | None) -> Path:
        """A new folder for a step's files."""
        folder = self._folder / step_folder(step, index) / "files"
        folder.mkdir(parents=True)
        return folder

    def outputs(self, step: str, index: int | None) -> Any:
        """The outputs that a step left."""
        return json.loads((self._folder / step_folder(step, index) / _OUTPUTS).read_bytes())

    def file(self, step: str, index: int | None, name: str) -> Path:
        """A file that a step left."""
        return self._folder / step_folder(step, index) / "files" / name


class BucketOutputStore:
    """Among the artifacts of an environment.

    Args:
        artifacts: The environment's.
        pipeline: The pipeline's name.
        execution: The execution's.
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
        """Store a step's files, and its outputs after them: where there are outputs, there are all files.

        Args:
            step: The step.
            index: Which job of its array.
            outputs: What it returned.
            folder: Its files.
            compared: The outputs that conditions of later steps compare; the state machine reads no others.
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
        """The outputs that a step left."""
        name = f"{self._folder}/{step_folder(step, index)}/{_OUTPUTS}"
        return json.loads(self._artifacts.get_bytes(self._artifacts.latest(name)))

    def file(self, step: str, index: int | None, name: str) -> Path:
        """A file that a step left."""
        part = f"{step_folder(step, index)}/files/{name}"
        return self._artifacts.get(
            self._artifacts.latest(f"{self._folder}/{part}"), self._here / part, progress=False
        )


def encode_outputs(step: str, outputs: Mapping[str, Any]) -> bytes:
    """Outputs as they are kept.

    Raises:
        StepFailedError: JSON cannot hold them, or they are too many.
    """
    try:
        encoded = json.dumps(outputs, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise StepFailedError(
            f"the outputs of {step} cannot be kept: {error}",
            remedy="return plain numbers, texts, lists and mappings; put anything else into context.folder",
        ) from error
    if len(encoded) > _MOST_BYTES:
        raise StepFailedError(
            f"the outputs of {step} take {len(encoded)} bytes, and may take {_MOST_BYTES}",
            remedy="put large things into context.folder, and return what later steps need to know of them",
        )
    return encoded
