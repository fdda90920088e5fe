"""Process that promotes a model, and ends at a given point.

python -m tests.support.promotion_process REFERENCE [POINT]
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import boto3

__all__ = ["POINTS"]

# Point -> module and function before (or, with a plus, after) whose first call the process is killed.
POINTS = {
    "nothing copied": "terrarium.models.storage:put_folder",
    "half of the files copied": "terrarium.artifacts.folder_transfer:put_file+",
    "files copied": "terrarium.models.promotion:copy_run",
    "run begun": "terrarium.models.run_copy:_copy_content",
    "run half copied": "terrarium.models.run_copy:_copy_record",
    "run copied, not finished": "terrarium.models.run_copy:_finish",
    "run finished": "terrarium.models.promotion:version_tags",
    "version made": "terrarium.models.registry:Registry.create+",
    "release written": "terrarium.models.release_storage:ReleaseStorage.put+",
    "version attested": "terrarium.models.attestations:Attestations.attest+",
}


def _die_at(point: str) -> None:
    module, _, path = POINTS[point].rstrip("+").partition(":")
    owner: Any = sys.modules[module]
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original: Callable[..., Any] = getattr(owner, name)

    def fatal(*arguments: Any, **options: Any) -> None:
        if POINTS[point].endswith("+"):
            original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, fatal)


def _main() -> None:
    import terrarium.models.promotion

    reference, *point = sys.argv[1:]
    if point:
        _die_at(point[0])
    session = boto3.Session(
        aws_access_key_id=os.environ["TARGET_KEY_ID"],
        aws_secret_access_key=os.environ["TARGET_SECRET"],
        region_name="eu-central-1",
    )
    version = terrarium.connect("sdk").models.promote(
        reference, to=terrarium.connect("next", session=session)
    )
    print(version.version)


if __name__ == "__main__":
    _main()
