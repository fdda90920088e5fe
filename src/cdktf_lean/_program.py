"""What jsii carries for Node, laid out as Node has to find it.

The kernel's program comes as it is, but for one message of an error that it writes for each type of the thousands that
it looks at, and then does not need: that one is written when it is needed, which saves a tenth of the kernel's time.
"""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

__all__ = ["PROGRAM", "packaged", "write_program"]

PROGRAM = "program.js"
# How jsii's package names what it carries for Node.
_PROGRAM, _INDEXER = "lib__program.js", "lib__runtime-index-worker.js"
_ASSERTION = re.compile(
    rb"\(0,(\w+)\.default\)\((null!=\w+),(`Kernel error: expected type information[^`]*`)\)"
)
_ASSERTION_IF_NEEDED = rb"(\2||(0,\1.default)(!1,\3))"


def packaged() -> Path:
    """The program as jsii's package has it; found without importing jsii."""
    spec = find_spec("jsii")
    return Path(spec.origin if spec and spec.origin else "").parent / "_embedded" / "jsii" / _PROGRAM


def write_program(folder: Path) -> None:
    """Write `PROGRAM`, and what it needs, to a folder.

    Raises:
        OSError: Something cannot be read or written.
    """
    program = packaged()
    (folder / PROGRAM).write_bytes(_ASSERTION.sub(_ASSERTION_IF_NEEDED, program.read_bytes()))
    shutil.copyfile(program.with_name(_INDEXER), folder / "runtime-index-worker.js")
