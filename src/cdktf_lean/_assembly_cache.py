"""Keeps the rewritten assemblies in the user's cache folder."""

import shutil
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf_lean._assembly import REVISION, write_lean_assembly

__all__ = ["AssemblyCache"]

_GZIP_TRAILER = 8  # bytes: CRC-32 and length of the content (RFC 1952)


class AssemblyCache:
    """The rewritten assemblies, and what the jsii kernel unpacks from them.

    Args:
        folder: Where they are kept. Any number of processes may use it at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.assemblies = folder / "assemblies"
        self.unpacked = folder / "unpacked"

    def prepare(self) -> None:
        """Make the folder, and see whether it can be written to.

        Raises:
            OSError: It cannot.
        """
        for folder in (self.folder, self.assemblies, self.unpacked):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.assemblies):
            pass

    def find_or_build(self, official: Path, *, name: str) -> Path:
        """The rewritten form of an assembly; it takes seconds to build, the first time.

        Args:
            official: The tarball that the provider's package carries.
            name: The assembly's name, such as `@cdktf/provider-aws`.

        Raises:
            OSError: A file cannot be read or written.
            tarfile.TarError: `official` is not a tarball.
            KeyError: It is not an npm package.
        """
        lean = self._place(official, name=name)
        if not lean.exists():
            with TemporaryDirectory(dir=self.assemblies) as workspace:
                unpublished = Path(workspace) / lean.name
                write_lean_assembly(official, unpublished, workspace=Path(workspace))
                # Another process may have been faster: it wrote the same bytes.
                unpublished.replace(lean)
        return lean

    def clear(self) -> None:
        """Remove all that is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, official: Path, *, name: str) -> Path:
        """Where the rewritten form lies: by what it is made from, and by what it is made for."""
        with official.open("rb") as file:
            file.seek(-_GZIP_TRAILER, 2)
            content = file.read().hex()
        key = f"{name.replace('/', '-')}-{official.stem}"
        return self.assemblies / f"{key}-{content}-jsii-{version('jsii')}-{REVISION}.tgz"
