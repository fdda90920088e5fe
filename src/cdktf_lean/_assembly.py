"""Rewrites the official assembly of a provider so that the jsii kernel runs only what is used.

An assembly is an npm package with a description of its types (`.jsii`). The rewritten one describes the same types and
holds the same modules, but for these changes:

- The entry point requires a module when it is first used, not all of them at once.
- Inlined source maps and TypeScript declarations, which the kernel never reads, are left out.
- The kernel's own index of the types comes along, so that it parses the few that are used, not 120 MB of them.
"""

import gzip
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from cdktf_lean._runtime_index import write_runtime_index

__all__ = ["REVISION", "write_lean_assembly"]

# Part of the cache key: to be raised with every change of what is written below.
REVISION = 1

_PACKAGE = "package"  # the one folder at the root of every npm tarball
_EAGER = re.compile(r"""^exports\.(\w+) = require\(("[^"]+")\);$""", re.MULTILINE)
_LAZY = r"__lazily('\1', () => require(\2));"
# Declared last, which JavaScript allows: a "use strict" has to stay in front.
_LAZILY = """
function __lazily(name, load) {
    const define = (property) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, ...property });
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
        KeyError: It is not an npm package.
    """
    with tarfile.open(official, "r|gz") as tarball:
        tarball.extractall(workspace, members=_needed(tarball), filter="data")
    package = workspace / _PACKAGE
    for module in package.rglob("*.js"):
        _cut_source_map(module)
    _load_lazily(package / json.loads((package / "package.json").read_bytes())["main"])
    write_runtime_index(package)
    _pack(package, lean)


def _needed(tarball: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    return (member for member in tarball if not member.name.endswith(".d.ts"))


def _cut_source_map(module: Path) -> None:
    code = module.read_bytes()
    start = code.rfind(_SOURCE_MAP)
    if start > 0 and b"\n" not in code[start:].strip():
        module.write_bytes(code[:start])


def _load_lazily(entry_point: Path) -> None:
    # Whatever is not a plain export of a module stays as it is, and so stays eager.
    code, exports = _EAGER.subn(_LAZY, entry_point.read_text(encoding="utf-8"))
    if exports:
        entry_point.write_text(code + _LAZILY, encoding="utf-8")


def _pack(package: Path, tarball: Path) -> None:
    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = ""
        return member

    with (
        tarball.open("wb") as file,
        # The fastest compression: the kernel digests these bytes at every start, and inflates them once.
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        archive.add(package, _PACKAGE, filter=anonymous)
