"""Has jsii index the types of an assembly ahead of time.

The kernel does so by itself, in the background and while it unpacks a package for the first time; but it gives up when
the program ends before, as a synthesis that takes a second does. Indexing is best effort there as here: the kernel
checks every index, and parses the assembly where it finds none that it trusts.
"""

import os
import subprocess
import warnings
from importlib.resources import as_file, files
from pathlib import Path

from cdktf_lean._warning import LeanWarning

__all__ = ["write_runtime_index"]

_INDEXER = "lib__runtime-index-worker.js"
_RUN = """
const { Worker } = require("node:worker_threads");
const [indexer, packageDir] = process.argv.slice(1);
const worker = new Worker(indexer, { workerData: { packageDir, supportedFeatures: [] } });
worker.on("message", ({ error }) => { throw error; });
"""


def write_runtime_index(folder: Path) -> set[Path]:
    """Write jsii's index of the types beside the `.jsii` in a folder.

    Returns:
        The files that make up the index; none where it could not be written.

    Warns:
        LeanWarning: jsii's indexer is not where it was, or failed.
    """
    before = set(folder.iterdir())
    try:
        with as_file(files("jsii._embedded.jsii").joinpath(_INDEXER)) as indexer:
            subprocess.run(
                [os.environ.get("JSII_NODE", "node"), "-e", _RUN, str(indexer), str(folder)],
                check=True,
                capture_output=True,
                text=True,
            )
    except (OSError, subprocess.CalledProcessError) as error:
        warnings.warn(
            f"jsii's index of the types could not be written ({getattr(error, 'stderr', None) or error}): its kernel "
            "parses the whole assembly at every start, which takes a second or two.",
            LeanWarning,
            stacklevel=2,
        )
        return set()
    return set(folder.iterdir()) - before
