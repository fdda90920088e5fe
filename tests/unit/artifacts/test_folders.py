"""Folders, to the bucket and back."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from terrarium.artifacts import Artifacts
from terrarium.artifacts.errors import (
    ArtifactCorruptError,
    ArtifactNameError,
    ArtifactReferenceError,
    DestinationOccupiedError,
    SourceInvalidError,
)
from terrarium.artifacts.folder import FolderFile, FolderListing
from tests.unit.artifacts.conftest import BUCKET, PART

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_NOBODY = 65534  # its user and group id on Linux

FILES = {"a.txt": b"a", "deep/er/b.bin": b"b" * 100, "empty": b"", "large.bin": os.urandom(PART + 1)}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "source"


def test_get_returns_the_content_of_put(folder: Path, artifacts: Artifacts, tmp_path: Path) -> None:
    ref = artifacts.put(folder, "data")
    got = artifacts.get(str(ref), tmp_path / "got")
    assert contents(got) == FILES
    assert ref.kind == "folder"
    assert ref.size == sum(map(len, FILES.values()))
    assert artifacts.latest("data") == ref


def test_a_reference_pins_its_files(folder: Path, artifacts: Artifacts, tmp_path: Path) -> None:
    before = artifacts.put(folder, "data")
    (folder / "a.txt").write_bytes(b"changed")
    after = artifacts.put(folder, "data")
    assert contents(artifacts.get(before, tmp_path / "before")) == FILES
    assert contents(artifacts.get(after, tmp_path / "after")) == FILES | {"a.txt": b"changed"}


def test_only_changed_files_are_uploaded(folder: Path, artifacts: Artifacts, calls: list[str]) -> None:
    ref = artifacts.put(folder, "data")
    calls.clear()
    assert artifacts.put(folder, "data") == ref
    assert set(calls) == {"HeadObject"}
    calls.clear()
    (folder / "a.txt").write_bytes(b"changed")
    artifacts.put(folder, "data")
    assert calls.count("PutObject") == 2, "the file and the listing"


def test_the_same_files_have_the_same_digest_under_any_name(folder: Path, artifacts: Artifacts) -> None:
    assert artifacts.put(folder, "one").digest == artifacts.put(folder, "other").digest


def test_continues_an_interrupted_get_and_shows_only_the_complete_folder(
    folder: Path, artifacts: Artifacts, s3: "S3Client", calls: list[str], tmp_path: Path
) -> None:
    ref = artifacts.put(folder, "data")
    large = f"{BUCKET.artifacts_prefix}data/large.bin"
    (version,) = s3.list_object_versions(Bucket=BUCKET.bucket, Prefix=large)["Versions"]
    destination = tmp_path / "got"

    def break_off(params: dict[str, str], **_: object) -> None:
        if large in params["url_path"]:
            raise ConnectionError(version["VersionId"])

    s3.meta.events.register("before-call.s3.GetObject", break_off)
    with pytest.raises(ConnectionError):
        artifacts.get(ref, destination)
    assert not destination.exists()
    s3.meta.events.unregister("before-call.s3.GetObject", break_off)
    calls.clear()
    assert contents(artifacts.get(ref, destination)) == FILES
    assert calls.count("GetObject") == 3, "the listing, and the two parts that were missing"


def test_keeps_an_equal_local_folder(folder: Path, artifacts: Artifacts, tmp_path: Path) -> None:
    ref = artifacts.put(folder, "data")
    assert artifacts.get(ref, folder) == folder
    (folder / "mine.txt").write_bytes(b"mine")
    with pytest.raises(DestinationOccupiedError, match="another destination"):
        artifacts.get(ref, folder)
    (tmp_path / "empty").mkdir()
    assert contents(artifacts.get(ref, tmp_path / "empty")) == FILES


def test_links_to_files_count_as_files(artifacts: Artifacts, folder: Path, tmp_path: Path) -> None:
    (folder / "link").symlink_to(folder / "a.txt")
    got = artifacts.get(artifacts.put(folder, "data"), tmp_path / "got")
    assert (got / "link").read_bytes() == b"a"
    assert not (got / "link").is_symlink()


def test_names_entries_that_cannot_be_stored(artifacts: Artifacts, folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    with pytest.raises(SourceInvalidError, match="loop"):
        artifacts.put(folder, "data")
    (folder / "loop").unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        with pytest.raises(SourceInvalidError, match="socket"):
            artifacts.put(folder, "data")


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of a user who is not root: root may read everything."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "source")
        (folder / "sub").mkdir(parents=True)
        (folder / "a.txt").write_text("a")
        (folder / "sub" / "b.txt").write_text("b")
        root = os.geteuid() == 0
        if root:
            for path in (Path(made), folder, *folder.rglob("*")):
                os.chown(path, _NOBODY, _NOBODY)
            os.seteuid(_NOBODY)
        yield folder
        if root:
            os.seteuid(0)
        (folder / "sub").chmod(0o755)


@pytest.mark.parametrize(
    ("path", "mode"),
    [("sub", 0o000), ("sub", 0o444), ("sub", 0o111), ("sub/b.txt", 0o000), ("a.txt", 0o200)],
    ids=[
        "closed folder",
        "folder without search",
        "folder without list",
        "closed file",
        "file to write only",
    ],
)
def test_names_folders_that_cannot_be_read(
    artifacts: Artifacts, unprivileged: Path, calls: list[str], path: str, mode: int
) -> None:
    (unprivileged / path).chmod(mode)
    with pytest.raises(SourceInvalidError, match=rf"{path}\S* cannot be read"):
        artifacts.put(unprivileged, "data")
    assert not calls, "nothing is uploaded"


def test_a_file_that_cannot_be_read_is_refused_by_name(artifacts: Artifacts, unprivileged: Path) -> None:
    (unprivileged / "a.txt").chmod(0)
    with pytest.raises(SourceInvalidError, match=r"a\.txt cannot be read"):
        artifacts.put(unprivileged / "a.txt", "data")


def test_refuses_dangling_links_with_their_target(artifacts: Artifacts, folder: Path) -> None:
    (folder / "dangling").symlink_to("nowhere")
    with pytest.raises(SourceInvalidError, match=r"dangling .* link to 'nowhere', which is not a file"):
        artifacts.put(folder, "data")


def test_names_that_are_not_utf_8_are_refused(artifacts: Artifacts, folder: Path, tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(folder) + b"/gr\xf6\xdfe.csv")).write_bytes(b"")
    with pytest.raises(SourceInvalidError, match=r"gr\\xf6\\xdfe\.csv' is not UTF-8"):
        artifacts.put(folder, "data")
    alone = Path(os.fsdecode(bytes(tmp_path) + b"/\xf6.csv"))
    alone.write_bytes(b"")
    with pytest.raises(ArtifactNameError, match="cannot name an artifact"):
        artifacts.put(alone)


def test_an_empty_folder_is_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "nothing" / "at all").mkdir(parents=True)
    with pytest.raises(SourceInvalidError, match="holds no files"):
        artifacts.put(tmp_path / "nothing")


def test_bytes_of_a_folder_are_refused(artifacts: Artifacts, folder: Path) -> None:
    with pytest.raises(ArtifactReferenceError, match="is a folder"):
        artifacts.get_bytes(artifacts.put(folder, "data"))


def test_an_altered_reference_is_noticed(artifacts: Artifacts, folder: Path, tmp_path: Path) -> None:
    ref = artifacts.put(folder, "data").model_copy(update={"digest": "sha256:" + "0" * 64})
    with pytest.raises(ArtifactCorruptError, match="does not match the reference"):
        artifacts.get(ref, tmp_path / "got")


def test_refuses_a_listing_of_a_later_format(
    artifacts: Artifacts, folder: Path, s3: "S3Client", tmp_path: Path
) -> None:
    ref = artifacts.put(folder, "data")
    version = s3.put_object(Bucket=ref.bucket, Key=ref.key, Body=b'{"version": 2}')["VersionId"]
    with pytest.raises(ArtifactCorruptError, match="not the listing of a folder"):
        artifacts.get(ref.model_copy(update={"version_id": version}), tmp_path / "got")


@pytest.mark.parametrize("path", ["../up", "/etc/passwd", "a/../../b", "a\\b", "", ".", "a//b"])
def test_a_listing_can_never_write_outside_its_folder(path: str) -> None:
    with pytest.raises(ValidationError, match="not a path within the folder"):
        FolderFile(path=path, key="k", version_id="v", digest="sha256:" + "0" * 64, size=0)


def test_a_listing_states_its_size() -> None:
    file = FolderFile(path="a", key="k", version_id="v", digest="sha256:" + "0" * 64, size=7)
    assert FolderListing(files=(file,)).size == 7
