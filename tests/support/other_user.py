"""Running of code as another user of the machine, who cannot read files of the sandbox's user."""

import encodings.idna
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["as_other_user"]

_NOBODY = 65534
# Programs need this to connect, and find it no more once they may not read the interpreter's files.
_ = encodings.idna


def as_other_user(action: Callable[[], Any]) -> Any:
    """Return what `action` returns (as JSON) in a forked process of another user."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
            answer = {"returned": action()}
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            answer = {"raised": repr(error)}
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        said = json.load(answers)
    os.waitpid(child, 0)
    assert "returned" in said, said
    return said["returned"]
