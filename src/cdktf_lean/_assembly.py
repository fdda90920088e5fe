"""Rewrites the official assembly of a provider so that the jsii kernel runs only what is used.

An assembly is an npm package with a description of its types (`.jsii`). The rewritten one describes the same types and
holds the same modules, but for these changes:

- The entry point requires a module when it is first used, not all of them at once.
- The kernel's own index of the types comes along, so that it parses the few that are used, not 120 MB of them.
- Inlined source maps and TypeScript declarations, which the kernel never reads, are left out.
"""

import gzip
import io
import re
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from cdktf_lean._runtime_index import write_runtime_index

__all__ = ["write_lean_assembly"]

_PACKAGE = "package"  # the one folder at the root of every npm tarball
_TYPES = f"{_PACKAGE}/.jsii"
_ENTRY_POINT = f"{_PACKAGE}/lib/index.js"
_EAGER = re.compile(rb"""^exports\.(\w+) = require\(("[^"]+")\);$""", re.MULTILINE)
_LAZY = rb"__lazily('\1', () => require(\2));"
# Declared last, which JavaScript allows: a "use strict" has to stay in front.
_LAZILY = b"""
function __lazily(name, load) {
    const attributes = { enumerable: true, configurable: true };
    const define = (property) => Object.defineProperty(exports, name, { ...attributes, ...property });
    define({ get: () => { const value = load(); define({ value, writable: true }); return value; } });
}
"""
_SOURCE_MAP = b"//# sourceMappingURL=data:"


def write_lean_assembly(official: Path, lean: Path, *, workspace: Path) -> None:
    """Rewrite an assembly.

    Args:
        official: The tarball that the provider's package carries.
        lean: The tarball to write. The same input gives the same bytes.
        workspace: An empty folder to work in.

    Raises:
        OSError: A file cannot be read or written.
        tarfile.TarError: `official` is not a tarball.
    """
    with (
        ThreadPoolExecutor(max_workers=1) as background,
        tarfile.open(official, "r|gz") as source,
        _reproducible(lean) as target,
    ):
        indexing = None
        for name, content in _files(source):
            _add(target, name, _rewritten(name, content))
            if name == _TYPES:
                (workspace / ".jsii").write_bytes(content)
                indexing = background.submit(write_runtime_index, workspace)
        if indexing:
            for file in sorted(indexing.result()):
                _add(target, f"{_PACKAGE}/{file.name}", file.read_bytes())


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
        # Whatever is not a plain export of a module stays as it is, and so stays eager.
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
        # The kernel digests these bytes at every start, and inflates them once: the fewer, the better.
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        yield archive


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
