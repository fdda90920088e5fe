"""Wheel of the running SDK, packed from its installed files."""

import base64
import csv
import hashlib
import io
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

__all__ = ["pack_wheel"]

# Files that pip adds when it installs a wheel.
_ADDED = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"}
_TIME = (2020, 2, 2, 0, 0, 0)  # so that the same files give the same bytes


def pack_wheel(distribution: Distribution, folder: Path) -> Path:
    """Pack an installed pure-Python distribution into a wheel in `folder`, and return its path.

    No package index offers the SDK: another environment on this machine installs this wheel again.
    """
    name = distribution.name.replace("-", "_")
    information = f"{name}-{distribution.version}.dist-info"
    files = {
        path.as_posix(): Path(str(path.locate())).read_bytes()
        for path in distribution.files or ()
        # Scripts lie elsewhere; the installer writes them for each environment.
        if path.parts[0] != ".." and path.suffix != ".pyc" and path.name not in _ADDED
    }
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for path, content in sorted(files.items()):
        rows.writerow([path, f"sha256={_digest(content)}", len(content)])
    rows.writerow([f"{information}/RECORD", "", ""])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{distribution.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _TIME), content)
        archive.writestr(zipfile.ZipInfo(f"{information}/RECORD", _TIME), record.getvalue())
    return wheel


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
