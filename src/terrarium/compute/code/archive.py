"""Reproducible archives of the code of a checkout: the same code gives the same bytes."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

from terrarium.capture.shipped import CODE_FILE, PATCH_FILE
from terrarium.code.working_tree import Patch, WorkingTree
from terrarium.compute.code.files import CodeFiles
from terrarium.compute.errors import CodeNotShippableError
from terrarium.io.tar_entries import anonymous
from terrarium.secrets import warn_left_out

__all__ = ["pack"]

_LARGEST = 256 * 2**20  # bytes


def pack(files: CodeFiles) -> bytes:
    """Return an archive of the files, with their commit and the patch of uncommitted changes.

    Raises:
        CodeNotShippableError: The code is too large, a link leads out of it, or an uncommitted change of a tracked
            file has a secret.
    """
    _check_links(files)
    tree = WorkingTree(files.root)
    patch = tree.patch()
    _check_secrets(files, patch)
    left_out = {**files.secret, **patch.secret}
    warn_left_out("the code that is sent", left_out)
    identity: dict[str, object] = {
        "repository": tree.repository,
        "commit": tree.commit(),
        "branch": tree.branch(),
    }
    if left_out:
        identity["left_out"] = left_out
    size = sum((files.root / path).lstat().st_size for path in files.paths)
    if size > _LARGEST:
        raise CodeNotShippableError(
            f"the code in {files.root} has {size // 2**20} MiB, more than the limit of {_LARGEST // 2**20} MiB",
            remedy="put data into datasets or artifacts (inputs=...), and add it to .gitignore",
        )
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in files.paths:
            _add(archive, files.root, path)
        _add_content(archive, CODE_FILE, json.dumps(identity, sort_keys=True).encode())
        _add_content(archive, PATCH_FILE, patch.content)
    return gzip.compress(buffer.getvalue(), compresslevel=6, mtime=0)


def _check_secrets(files: CodeFiles, patch: Patch) -> None:
    """Refuse secrets in uncommitted changes of tracked files: without the file, the code would be incomplete."""
    sent = {path: reason for path, reason in patch.secret.items() if path in files.paths}
    if sent:
        listed = ", ".join(f"{path} ({reason})" for path, reason in sent.items())
        raise CodeNotShippableError(
            f"uncommitted changes in {files.root} have secrets, and all users of the environment can read snapshots: "
            f"{listed}",
            remedy="read them from variables or AWS Secrets Manager; mark a line without a secret with "
            "`pragma: allowlist secret`",
        )


def _check_links(files: CodeFiles) -> None:
    """Refuse links that only this machine can follow; the `data` filter of tarfile does not unpack them."""
    wrong = {
        path: target
        for path in files.paths
        if (files.root / path).is_symlink() and _leads_out(path, target := (files.root / path).readlink())
    }
    if wrong:
        listed = ", ".join(f"{path} -> {target}" for path, target in wrong.items())
        raise CodeNotShippableError(
            f"links in {files.root} lead out of the checkout, where a job cannot follow them: {listed}",
            remedy="replace them by relative links within the checkout, or add them to .gitignore "
            "and pass the data by inputs=...",
        )


def _leads_out(path: str, target: Path) -> bool:
    """Return whether a link leads out of the root, by its text alone, as tarfile decides it."""
    joined = os.path.normpath(Path(path).parent / target)  # `resolve` would follow links of this machine
    return target.is_absolute() or Path(joined).parts[0] == os.pardir


def _add(archive: tarfile.TarFile, root: Path, path: str) -> None:
    entry = anonymous(archive.gettarinfo(root / path, arcname=path))
    if entry.isreg():
        with (root / path).open("rb") as file:
            archive.addfile(entry, file)
    else:
        archive.addfile(entry)


def _add_content(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
