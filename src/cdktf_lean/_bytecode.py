"""Keeps generated modules compiled, with their annotations as they are written.

Python evaluates the annotations of a module when it imports it, which takes half of the time that a generated module
takes: it has every hint three times, and a stack needs one in twenty. Compiled as if they began with `from __future__
import annotations`, hints are evaluated when they are asked for. Python itself keeps a module compiled in one way only,
so these lie in the user's cache.
"""

import __future__

import hashlib
import marshal
import sys
import warnings
import zlib
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import CodeType
from typing import cast

from cdktf_lean._warning import LeanWarning

__all__ = ["BytecodeCache"]

_CHECKSUM = 4  # bytes


class BytecodeCache:
    """Compiled modules, by the file that they come from.

    Args:
        folder: Where they are kept, if it is there. Any number of processes may use it at once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_or_compile(self, source: Path) -> CodeType:
        """The code of a module.

        Args:
            source: Its file.

        Raises:
            OSError: The file cannot be read.
            SyntaxError: It is no Python.

        Warns:
            LeanWarning: What was kept is damaged; it is compiled anew.
        """
        kept = self._folder / f"{source.parent.name}-{_identity(source)}.bytecode"
        try:
            content = kept.read_bytes()
        except OSError:
            return self._compile(source, kept)
        code = content[_CHECKSUM:]
        if not code or zlib.crc32(code) != int.from_bytes(content[:_CHECKSUM]):
            warnings.warn(f"{kept} is damaged: it is compiled anew, once.", LeanWarning, stacklevel=2)
            return self._compile(source, kept)
        return cast("CodeType", marshal.loads(code))  # noqa: S302 - as Python does with its own

    def _compile(self, source: Path, kept: Path) -> CodeType:
        code: CodeType = compile(
            source.read_bytes(),
            source,
            "exec",
            flags=__future__.annotations.compiler_flag,
            dont_inherit=True,
        )
        # Whatever PYTHONDONTWRITEBYTECODE says: that is about files beside the sources.
        with suppress(OSError):  # not kept, it is compiled again
            self._keep(marshal.dumps(code), kept)
        return code

    def _keep(self, code: bytes, kept: Path) -> None:
        with NamedTemporaryFile(dir=self._folder, delete=False) as unpublished:
            unpublished.write(zlib.crc32(code).to_bytes(_CHECKSUM) + code)
        Path(unpublished.name).replace(kept)


def _identity(source: Path) -> str:
    """Names a file as it is now, for this Python."""
    status = source.stat()
    named = f"{MAGIC_NUMBER.hex()} {sys.flags.optimize} {source} {status.st_mtime_ns} {status.st_size}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
