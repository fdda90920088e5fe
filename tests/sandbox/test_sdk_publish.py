"""`terrarium sdk publish`: what it serves installs without a package index, with every hash checked."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.sdk_release import SdkRelease, sdk_release
from operations.sdk.folder import build_release
from operations.sdk.publication import is_published, publish_release
from terrarium.errors import Error
from tests.sandbox.deployment import Deployment
from tests.sandbox.local_sandbox import LocalSandbox
from tests.wheels import write_wheel


@pytest.fixture
def bucket(sandbox: LocalSandbox) -> Iterator[str]:
    """The artifact bucket of `staging`, as far as publishing needs it."""
    s3 = sandbox.client("s3", "staging")
    account = sandbox.client("sts", "staging").get_caller_identity()["Account"]
    name = f"terrarium-staging-artifacts-{account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    yield name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=name, Key=found["Key"])
    s3.delete_bucket(Bucket=name)


def download(sandbox: LocalSandbox, bucket: str, release: SdkRelease, folder: Path) -> Path:
    """The folder after both `aws s3 sync` commands that `terrarium describe` prints."""
    s3 = sandbox.client("s3", "staging")
    folder.mkdir()
    for prefix in (release.prefix, release.dependencies_prefix):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                s3.download_file(bucket, found["Key"], str(folder / Path(found["Key"]).name))
    return folder


def install(folder: Path, *options: str) -> Path:
    """Install what the folder serves into a new virtual environment; the environment's `bin`."""
    programs = folder.parent / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", programs.parent], check=True)
    command: list[str | Path] = [
        programs / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--require-hashes",
    ]
    subprocess.run(
        [*command, *options, "--find-links", folder, "-r", folder / "requirements.txt"], check=True
    )
    return programs


def test_the_exact_sdk_of_this_checkout_is_installed_from_the_bucket_and_passed_on(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    write_wheel(index, name="dependency", version="1.0", source="answer = 42")
    digest = hashlib.sha256((index / "dependency-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    lock = tmp_path / "lock.txt"
    lock.write_text(f"dependency==1.0 --hash=sha256:{digest}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    release, s3, said = sdk_release(), sandbox.client("s3", "staging"), list[str]()
    assert not is_published(s3, bucket, release)
    built = build_release(release, folder=tmp_path / "build", lock=lock)
    publish_release(s3, bucket, release, built, say=said.append)
    assert is_published(s3, bucket, release)
    monkeypatch.delenv("PIP_FIND_LINKS")
    served = download(sandbox, bucket, release, tmp_path / "served")
    # The lock of this test has one dependency: `--no-deps` keeps pip from asking for the SDK's others.
    programs = install(served, "--no-deps")
    listed = subprocess.run(
        [programs / "python", "-m", "pip", "freeze"], check=True, capture_output=True, text=True
    ).stdout
    assert f"terrarium-ml==0.1.0+r{release.id}" in listed
    assert "dependency==1.0" in listed
    packed = "from terrarium.installation import own_package; print(*own_package().pinned)"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    (own,) = subprocess.run(
        [programs / "python", "-c", packed], check=True, capture_output=True, text=True, env=environment
    ).stdout.splitlines()
    other = tmp_path / "other"
    subprocess.run([sys.executable, "-m", "venv", other], check=True)
    again: list[str | Path] = [
        other / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        own,
    ]
    subprocess.run(again, check=True)
    found = "import terrarium, importlib.metadata as m; print(terrarium.__file__, m.version('terrarium-ml'))"
    file, version = subprocess.run(
        [other / "bin" / "python", "-c", found], check=True, capture_output=True, text=True, cwd=tmp_path
    ).stdout.split()
    assert file.startswith(str(other))
    assert version == f"0.1.0+r{release.id}"


def test_another_wheel_of_the_same_name_is_not_installed(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock.txt"
    lock.touch()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    release, s3 = sdk_release(), sandbox.client("s3", "staging")
    publish_release(
        s3, bucket, release, build_release(release, folder=tmp_path / "build", lock=lock), say=print
    )
    served = download(sandbox, bucket, release, tmp_path / "served")
    (wheel,) = served.glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(subprocess.CalledProcessError):
        install(served, "--no-deps")


def test_there_is_nowhere_to_publish_to_before_the_first_deployment(
    sandbox: LocalSandbox, tmp_path: Path
) -> None:
    refused = Deployment(sandbox, "test", tmp_path).terrarium("sdk", "publish", "test", check=False)
    assert refused.returncode == 1
    assert "deploy the environment first" in refused.stderr


def test_an_interrupted_release_does_not_count_as_published(sandbox: LocalSandbox, bucket: str) -> None:
    release, s3 = sdk_release(), sandbox.client("s3", "staging")
    s3.put_object(Bucket=bucket, Key=f"{release.prefix}terrarium_ml.whl", Body=b"half")
    assert not is_published(s3, bucket, release)
    with pytest.raises(Error, match="cannot be listed"):
        is_published(s3, "terrarium-nowhere", release)


@pytest.mark.slow
def test_the_command_serves_every_locked_dependency(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path
) -> None:
    """Needs the package index once for each change of the lock."""
    staging = Deployment(sandbox, "staging", tmp_path)
    release = sdk_release()
    assert f"published SDK release {release.id}" in staging.terrarium("sdk", "publish", "staging").stdout
    assert "already published" in staging.terrarium("sdk", "publish", "staging").stdout
    programs = install(download(sandbox, bucket, release, tmp_path / "served"))
    used = "import terrarium, mlflow, polars, pyiceberg, optuna, sklearn, matplotlib, ipykernel"
    subprocess.run([programs / "python", "-c", used], check=True, cwd=tmp_path)
    version = subprocess.run(
        [programs / "terrarium", "--version"], check=True, capture_output=True, text=True
    )
    assert f"+r{release.id}" in version.stdout
