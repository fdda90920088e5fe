"""Entry point of every Batch job: `python -m terrarium.compute.entry_point COMMAND…`.

It downloads and verifies the code, downloads the inputs, installs packages, and replaces itself by the command.
Imports stay late, because each job of an array pays for them.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium import env_vars as variables
from terrarium.compute.batch.image_digest import image_digest_of_container

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts

__all__ = ["main", "variables_of_batch"]

_CODE, _INPUTS, _PACKAGES = "code", "inputs", "packages"
_PATIENCE = 120.0  # s until the first job of an array has shared the wheels


def main() -> None:
    """Prepare the working folder, then replace this process by the command."""
    command = sys.argv[1:]
    here = Path.cwd()
    os.environ.update(variables_of_batch(os.environ))
    _note_image()
    code = _fetch_code(here / _CODE)
    _fetch_inputs(here / _INPUTS)
    _provide_packages(here / _PACKAGES)
    folder = code / os.environ.get(variables.FOLDER, ".")
    os.chdir(folder)
    # So that imports of the code work from each of its folders.
    _put_first("PYTHONPATH", code)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is the job
    except OSError as error:
        print(f"terrarium: {command[0]} cannot be started: {error.strerror}", file=sys.stderr)
        sys.exit(127)


def variables_of_batch(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of Batch under the names that all executors use."""
    names = {
        variables.JOB: "AWS_BATCH_JOB_ID",
        variables.INDEX: "AWS_BATCH_JOB_ARRAY_INDEX",
        variables.RANK: "AWS_BATCH_JOB_NODE_INDEX",
        variables.NODES: "AWS_BATCH_JOB_NUM_NODES",
    }
    known = {ours: environment[batchs] for ours, batchs in names.items() if batchs in environment}
    if variables.NODES in known:
        # Batch gives the main node no address of its own.
        main = environment.get("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", "127.0.0.1")
        known |= {variables.MAIN_ADDRESS: main, "MASTER_ADDR": main}
    return known


def _note_image() -> None:
    """Set the digest of the image for the records of runs, if the job definition does not state it."""
    if variables.IMAGE_DIGEST not in os.environ:
        digest = image_digest_of_container(os.environ)
        if digest is not None:
            os.environ[variables.IMAGE_DIGEST] = digest


def _fetch_code(folder: Path) -> Path:
    folder.mkdir()
    text = os.environ.get(variables.CODE)
    if text:
        from terrarium.compute.code.unpacking import unpack

        unpack(_artifact(text), folder)
    return folder


def _fetch_inputs(folder: Path) -> None:
    given: dict[str, str] = json.loads(os.environ.get(variables.INPUTS) or "{}")
    os.environ[variables.INPUT_FOLDER] = str(folder)
    if given:
        artifacts = _artifacts()
        for name, reference in given.items():
            artifacts.get(reference, folder / name, progress=False)


def _provide_packages(folder: Path) -> None:
    text = os.environ.get(variables.LOCK)
    if not text:
        return
    from terrarium.compute.errors import PackagesNotProvidedError
    from terrarium.compute.failures import NOT_PREPARED
    from terrarium.compute.packages.job_packages import provide_packages
    from terrarium.compute.packages.lock import PackageLock

    lock = PackageLock.model_validate_json(_artifact(text))
    first = all(os.environ.get(variable, "0") == "0" for variable in (variables.INDEX, variables.RANK))
    try:
        packages = provide_packages(
            lock,
            folder=folder,
            artifacts=_artifacts(),
            wait_seconds=0.0 if first else _PATIENCE,
        )
    except PackagesNotProvidedError as error:
        print(f"terrarium: {error}", file=sys.stderr)
        sys.exit(NOT_PREPARED)
    if packages is not None:
        _put_first("PYTHONPATH", packages)
        _put_first("PATH", packages / "bin")


def _artifacts() -> "Artifacts":
    from terrarium.artifacts import Artifacts
    from terrarium.connection import open_connection

    connection = open_connection()
    return Artifacts(connection.manifest.artifacts, session=connection.session)


def _put_first(variable: str, folder: Path) -> None:
    os.environ[variable] = os.pathsep.join(filter(None, [str(folder), os.environ.get(variable)]))


def _artifact(reference: str) -> bytes:
    """Return the content of an artifact; end the job if the content has another digest."""
    from terrarium.artifacts.download import download_bytes
    from terrarium.artifacts.errors import ArtifactCorruptError
    from terrarium.artifacts.reference import ArtifactRef
    from terrarium.artifacts.transfer import TransferConfig
    from terrarium.aws import Session

    try:
        return download_bytes(Session().client("s3"), ArtifactRef.parse(reference), config=TransferConfig())
    except ArtifactCorruptError as error:
        from terrarium.compute.failures import NOT_PREPARED

        print(f"terrarium: {error}", file=sys.stderr)
        sys.exit(NOT_PREPARED)


if __name__ == "__main__":
    main()
