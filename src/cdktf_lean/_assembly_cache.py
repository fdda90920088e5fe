"""Keeps the rewritten assemblies in the user's cache folder."""

import hashlib
import shutil
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf_lean._warning import LeanWarning

__all__ = ["AssemblyCache"]

_REVISION = 3  # to be raised with every change of what write_lean_assembly writes
_GZIP_TRAILER = 8  # bytes: CRC-32 and length of the content (RFC 1952)


class AssemblyCache:
    """The rewritten assemblies, what the jsii kernel unpacks from them, and a place for compiled modules.

    Args:
        folder: Where they are kept. Any number of processes may use it at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unpacked = folder / "unpacked"
        self.bytecode = folder / "bytecode"
        self._assemblies = folder / "assemblies"

    def prepare(self) -> None:
        """Make the folder, and see whether it can be written to.

        Raises:
            OSError: It cannot.
        """
        for folder in (self.folder, self._assemblies, self.unpacked, self.bytecode):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder):
                pass

    def find_or_build(self, official: Path) -> Path:
        """The rewritten form of an assembly. To build it takes seconds, once.

        Args:
            official: The tarball that the provider's package carries.

        Raises:
            OSError: A file cannot be read or written.
            tarfile.TarError: `official` is not a tarball.

        Warns:
            LeanWarning: What was kept is damaged; it is built anew.
        """
        import jsii  # not above: clearing the cache is for any Python

        key = f"{_identity(official)}-jsii-{jsii.__version__}-{_REVISION}"
        for lean in sorted(self._assemblies.glob(f"{key}-*.tgz")):
            if lean.stem == f"{key}-{_digest(lean)}":
                return lean
            warnings.warn(f"{lean} is damaged: it is built anew, once.", LeanWarning, stacklevel=2)
            lean.unlink(missing_ok=True)
        return self._build(official, key=key)

    def clear(self) -> None:
        """Remove all that is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _build(self, official: Path, *, key: str) -> Path:
        from cdktf_lean._assembly import write_lean_assembly  # which only the first start needs

        with TemporaryDirectory(dir=self._assemblies) as folder:
            unpublished, workspace = Path(folder) / "lean.tgz", Path(folder) / "workspace"
            workspace.mkdir()
            write_lean_assembly(official, unpublished, workspace=workspace)
            # Another process may have been faster: it wrote the same bytes under the same name.
            return unpublished.replace(self._assemblies / f"{key}-{_digest(unpublished)}.tgz")


def _identity(official: Path) -> str:
    """Names an assembly by version and content, without reading all of it."""
    with official.open("rb") as file:
        file.seek(-_GZIP_TRAILER, 2)
        return f"{official.name.removesuffix('.jsii.tgz')}-{file.read().hex()}"


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
