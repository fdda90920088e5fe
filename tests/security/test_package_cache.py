"""Jobs install exactly the packages of their lock, whatever the shared package cache contains."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import terrarium
from terrarium.compute.packages.installation import packages_digest
from terrarium.compute.packages.lock import PackageLock
from terrarium.io.digest import digest_of
from tests.support.wheels import OFFLINE, write_wheel

pytest_plugins = ["tests.support.sdk_environment", "tests.support.training_project"]
pytestmark = pytest.mark.usefixtures("project")

_FOREIGN = "WORDS = 'code of mallory'\n"


def _index(folder: Path) -> Mapping[str, str]:
    return OFFLINE | {"PIP_FIND_LINKS": str(folder), "UV_FIND_LINKS": str(folder)}


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("states", ["hashes", "versions"])
def test_an_archive_of_somebody_else_is_not_used(lab: terrarium.Lab, tmp_path: Path, states: str) -> None:
    """Everybody who knows the lock can compute the name of the archive, and scientists and jobs may write there."""
    name = f"shared-words-{states}"
    module = name.replace("-", "_")
    file = f"{module}-1.0-py3-none-any.whl"
    write_wheel(tmp_path / "index", name=name, version="1.0", source="WORDS = 'good day'\n")
    write_wheel(tmp_path / "foreign", name=name, version="1.0", source=_FOREIGN)
    digest = hashlib.sha256((tmp_path / "index" / file).read_bytes()).hexdigest()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{name}==1.0" + (f" --hash=sha256:{digest}" if states == "hashes" else ""))
    lock = PackageLock.of_file(requirements)
    shared = packages_digest([pin.text for pin in lock.pins])
    installed, wheels = (
        {f"{module}.py": _FOREIGN.encode()},
        {file: (tmp_path / "foreign" / file).read_bytes()},
    )
    for key, content in (
        (f"{shared}.tar.gz", gzip.compress(_tar(installed))),
        (f"{shared}.tar", _tar(wheels)),
    ):
        lab.session.client("s3").put_object(
            Bucket=lab.manifest.artifacts.bucket,
            Key=f"{lab.manifest.artifacts.artifacts_prefix}packages/{key}",
            Body=content,
            Metadata={"digest": digest_of(content)},
        )
    job = lab.compute.submit(
        ["python", "-c", f"import {module}; print({module}.WORDS)"],
        packages=requirements,
        variables=_index(tmp_path / "index"),
    )
    job.wait()
    assert list(job.logs())[-1:] == ["good day"]
    job.result()
