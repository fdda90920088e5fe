"""The cache of rewritten assemblies in the user's cache folder."""

import hashlib
import os
import shutil
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf_lean._warning import LeanWarning

__all__ = ["AssemblyCache"]

_NAME = "cdktf-lean"
_REVISION = 4  # raise it with every change to the output of write_lean_assembly
_GZIP_TRAILER = 8  # bytes: CRC-32 and length of the content (RFC 1952)


class AssemblyCache:
    """Rewritten assemblies, and the packages that the jsii kernel unpacks from them.

    Any number of processes may use one folder at the same time.

    Args:
        folder: The folder of the cache.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unpacked = folder / "unpacked"
        self._assemblies = folder / "assemblies"

    @classmethod
    def of_user(cls) -> "AssemblyCache":
        """Return the cache in `$XDG_CACHE_HOME`, or in the platform's folder for caches."""
        chosen = os.environ.get("XDG_CACHE_HOME", "")
        if Path(chosen).is_absolute():  # the XDG specification ignores relative paths
            return cls(Path(chosen) / _NAME)
        match sys.platform:
            case "darwin":
                return cls(Path.home() / "Library" / "Caches" / _NAME)
            case "win32":
                local = os.environ.get("LOCALAPPDATA")
                return cls((Path(local) if local else Path.home() / "AppData" / "Local") / _NAME)
        return cls(Path.home() / ".cache" / _NAME)

    def prepare(self) -> None:
        """Create the folder, and check that it is writable.

        Raises:
            OSError: The folder cannot be created or written to.
        """
        for folder in (self.folder, self._assemblies, self.unpacked):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder):
                pass

    def find_or_build(self, official: Path) -> Path:
        """Return the rewritten form of an assembly. The first call takes seconds to build it.

        Args:
            official: The tarball in the provider's Python package.

        Raises:
            OSError: A file cannot be read or written.
            tarfile.TarError: `official` is not a tarball.

        Warns:
            LeanWarning: The cached file is damaged. It is built again.
        """
        import jsii  # late: `clear` works in a Python without jsii

        key = f"{_identity(official)}-jsii-{jsii.__version__}-{_REVISION}"
        for lean in sorted(self._assemblies.glob(f"{key}-*.tgz")):
            if lean.stem == f"{key}-{_digest(lean)}":
                return lean
            warnings.warn(f"{lean} is damaged: it is built again, once.", LeanWarning, stacklevel=2)
            lean.unlink(missing_ok=True)
        return self._build(official, key=key)

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _build(self, official: Path, *, key: str) -> Path:
        from cdktf_lean._assembly import write_lean_assembly  # late: only the first start needs it

        with TemporaryDirectory(dir=self._assemblies) as folder:
            unpublished = Path(folder) / "lean.tgz"
            write_lean_assembly(official, unpublished)
            # A concurrent process may have been faster: it wrote the same bytes under the same name.
            return unpublished.replace(self._assemblies / f"{key}-{_digest(unpublished)}.tgz")


def _identity(official: Path) -> str:
    """Return the version and the checksum of an assembly, without reading all of it."""
    with official.open("rb") as file:
        file.seek(-_GZIP_TRAILER, 2)
        return f"{official.name.removesuffix('.jsii.tgz')}-{file.read().hex()}"


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
