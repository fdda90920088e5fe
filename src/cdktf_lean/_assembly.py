"""Lean assemblies: rewritten forms of a provider's official assembly, of which the jsii kernel executes only a part.

An assembly is an npm package with a description of its types (`.jsii`). A lean assembly has the same types and modules,
with these differences:

- The entry point requires a module at its first use, not all modules at once.
- It contains no source maps and no TypeScript declarations. The kernel never reads them.
"""

import gzip
import io
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["write_lean_assembly"]

_ENTRY_POINT = "package/lib/index.js"
_EAGER = re.compile(rb"""^exports\.(\w+) = require\(("[^"]+")\);$""", re.MULTILINE)
_LAZY = rb"__lazily('\1', () => require(\2));"
# Appended, because "use strict" must stay the first statement. JavaScript hoists the function.
_LAZILY = b"""
function __lazily(name, load) {
    const attributes = { enumerable: true, configurable: true };
    const define = (property) => Object.defineProperty(exports, name, { ...attributes, ...property });
    define({ get: () => { const value = load(); define({ value, writable: true }); return value; } });
}
"""
_SOURCE_MAP = b"//# sourceMappingURL=data:"


def write_lean_assembly(official: Path, lean: Path) -> None:
    """Rewrite an assembly.

    Args:
        official: The tarball in the provider's Python package.
        lean: The tarball to write. The same input gives the same bytes.

    Raises:
        OSError: A file cannot be read or written.
        tarfile.TarError: `official` is not a tarball.
    """
    with tarfile.open(official, "r|gz") as source, _reproducible(lean) as target:
        for name, content in _files(source):
            _add(target, name, _rewritten(name, content))


def _files(tarball: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in tarball:
        content = tarball.extractfile(member)
        if content and not member.name.endswith(".d.ts"):
            yield member.name, content.read()


def _rewritten(name: str, content: bytes) -> bytes:
    if not name.endswith(".js"):
        return content
    code = _without_source_map(content)
    if name == _ENTRY_POINT:
        # Exports of another form stay unchanged, and so eager.
        code, exports = _EAGER.subn(_LAZY, code)
        return code + _LAZILY if exports else code
    return code


def _without_source_map(code: bytes) -> bytes:
    start = code.rfind(_SOURCE_MAP)
    return code[:start] if start > 0 and b"\n" not in code[start:].strip() else code


@contextmanager
def _reproducible(tarball: Path) -> Iterator[tarfile.TarFile]:
    with (
        tarball.open("wb") as file,
        # The kernel computes a digest of these bytes at every start: fewer bytes are faster.
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        yield archive


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
