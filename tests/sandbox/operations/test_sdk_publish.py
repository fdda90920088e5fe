"""`terrarium sdk publish`: releases install without a package index, with verified hashes."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.sdk_release import SdkRelease, sdk_release
from operations.release_tag import project_version
from operations.sdk.publication import (
    is_published,
    is_sandbox_published,
    publish_release,
    publish_sandbox,
)
from operations.sdk.release_folder import ReleaseFolder, build_release, build_sandbox
from terrarium.errors import Error
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.wheels import write_wheel

RELEASE = sdk_release()
VERSION = f"{project_version()}+r{RELEASE.id}"


@pytest.fixture
def bucket(sandbox: LocalSandbox) -> Iterator[str]:
    """The artifact bucket of `prod`, as far as publishing needs it."""
    s3 = sandbox.client("s3", "prod")
    account = sandbox.client("sts", "prod").get_caller_identity()["Account"]
    name = f"terrarium-prod-artifacts-{account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    yield name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=name, Key=found["Key"])
    s3.delete_bucket(Bucket=name)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> ReleaseFolder:
    """The release of this checkout with a lock of one dependency, which a folder offers: no index is asked."""
    folder = tmp_path_factory.mktemp("release")
    write_wheel(folder / "index", name="dependency", version="1.0", source="answer = 42")
    digest = hashlib.sha256((folder / "index" / "dependency-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    lock = folder / "lock.txt"
    lock.write_text(f"dependency==1.0 --hash=sha256:{digest}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(folder / "index"))
        return build_release(RELEASE, folder=folder / "build", lock=lock)


@pytest.fixture
def served(sandbox: LocalSandbox, bucket: str, built: ReleaseFolder, tmp_path: Path) -> Path:
    """Return the folder of a laptop into which the published SDK was downloaded."""
    publish_release(sandbox.client("s3", "prod"), bucket, RELEASE, built, report=print)
    return download(sandbox, bucket, RELEASE, tmp_path / "served")


def download(sandbox: LocalSandbox, bucket: str, release: SdkRelease, folder: Path) -> Path:
    """The folder after both `aws s3 sync` commands that `terrarium describe` prints."""
    s3 = sandbox.client("s3", "prod")
    folder.mkdir()
    for prefix in (release.prefix, release.dependencies_prefix):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                s3.download_file(bucket, found["Key"], str(folder / Path(found["Key"]).name))
    return folder


def install(*arguments: str | Path, python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-index", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def install_served(served: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Install what is served into a folder; its lock has no other dependencies of the SDK."""
    requirements = served / "requirements.txt"
    options: list[str | Path] = ["--require-hashes", "--no-deps", "--find-links", served, "-r", requirements]
    return install(*options, "--target", target)


def python_with(target: Path, code: str, cache: Path) -> str:
    """Return the output of a line of Python that imports from a folder first."""
    environment = {**os.environ, "PYTHONPATH": str(target), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment, cwd=cache
    )
    return done.stdout


def test_the_exact_sdk_of_this_checkout_is_installed_from_the_bucket(served: Path, tmp_path: Path) -> None:
    installed = install_served(served, tmp_path / "sdk")
    assert installed.returncode == 0, installed.stderr
    assert (tmp_path / "sdk" / f"terrarium_ml-{VERSION}.dist-info").is_dir()
    assert (tmp_path / "sdk" / "dependency.py").exists()


def test_the_sandbox_is_installed_from_the_bucket_with_its_command(
    sandbox: LocalSandbox, bucket: str, built: ReleaseFolder, tmp_path: Path
) -> None:
    """`terrarium describe` prints this command: no package index has the sandbox either."""
    s3 = sandbox.client("s3", "prod")
    publish_release(s3, bucket, RELEASE, built, report=print)
    assert not is_sandbox_published(s3, bucket, RELEASE)
    lock = built.dependencies.parents[2] / "lock.txt"
    publish_sandbox(s3, bucket, RELEASE, build_sandbox(RELEASE, built, lock=lock), report=print)
    assert is_sandbox_published(s3, bucket, RELEASE)
    served = download(sandbox, bucket, RELEASE, tmp_path / "served")
    options: list[str | Path] = ["--require-hashes", "--no-deps", "--find-links", served]
    installed = install(*options, "-r", served / "requirements-sandbox.txt", "--target", tmp_path / "both")
    assert installed.returncode == 0, installed.stderr
    code = (
        "import importlib.metadata as m, terrarium_sandbox; d = m.distribution('terrarium-sandbox'); "
        "print(terrarium_sandbox.__file__, d.version, [r for r in d.requires if 'terrarium-ml' in r], "
        "[e.value for e in d.entry_points])"
    )
    found = python_with(tmp_path / "both", code, tmp_path)
    assert str(tmp_path / "both") in found
    assert f" {VERSION}.s" in found
    assert f"['terrarium-ml=={project_version()}'] ['terrarium_sandbox.commands:sandbox']" in found


def test_an_installed_sdk_installs_itself_elsewhere(served: Path, tmp_path: Path) -> None:
    """As `terrarium ui` and `terrarium reproduce` do: no package index has Terrarium."""
    assert install_served(served, tmp_path / "sdk").returncode == 0
    code = "from terrarium.venvs import own_package; print(*own_package().pinned)"
    own = python_with(tmp_path / "sdk", code, tmp_path).strip()
    again = install("--no-deps", "--target", tmp_path / "other", own)
    assert again.returncode == 0, again.stderr
    found = "import terrarium, importlib.metadata as m; print(terrarium.__file__, m.version('terrarium-ml'))"
    file, version = python_with(tmp_path / "other", found, tmp_path).split()
    assert file == str(tmp_path / "other" / "terrarium" / "__init__.py")
    assert version == VERSION


def test_another_wheel_of_the_same_name_is_not_installed(served: Path, tmp_path: Path) -> None:
    (wheel,) = served.glob("terrarium_ml-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    refused = install_served(served, tmp_path / "sdk")
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_an_interrupted_release_does_not_count_as_published(
    sandbox: LocalSandbox, bucket: str, built: ReleaseFolder
) -> None:
    s3 = sandbox.client("s3", "prod")
    s3.upload_file(str(built.wheel), bucket, f"{RELEASE.prefix}{built.wheel.name}")
    assert not is_published(s3, bucket, RELEASE)
    publish_release(s3, bucket, RELEASE, built, report=print)
    assert is_published(s3, bucket, RELEASE)
    with pytest.raises(Error, match="cannot be listed"):
        is_published(s3, "terrarium-nowhere", RELEASE)


def test_there_is_nowhere_to_publish_to_before_the_first_deployment(
    sandbox: LocalSandbox, tmp_path: Path
) -> None:
    refused = Deployment(sandbox, "test", tmp_path).terrarium("sdk", "publish", "test", check=False)
    assert refused.returncode == 1
    assert "deploy the environment first" in refused.stderr


@pytest.mark.slow
def test_the_command_serves_every_locked_dependency(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path
) -> None:
    """Needs the package index once for each change of the lock."""
    prod = Deployment(sandbox, "prod", tmp_path)
    assert f"+r{RELEASE.id}" in prod.terrarium("sdk", "build").stdout
    assert f"published SDK release {RELEASE.id}" in prod.terrarium("sdk", "publish", "prod").stdout
    assert "already published" in prod.terrarium("sdk", "publish", "prod").stdout
    served = download(sandbox, bucket, RELEASE, tmp_path / "served")
    programs = tmp_path / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", programs.parent], check=True)
    requirements = served / "requirements.txt"
    options: list[str | Path] = ["--require-hashes", "--find-links", served, "-r", requirements]
    installed = install(*options, python=programs / "python")
    assert installed.returncode == 0, installed.stderr
    used = "import terrarium, mlflow, polars, pyiceberg, optuna, sklearn, matplotlib, ipykernel"
    subprocess.run([programs / "python", "-c", used], check=True, cwd=tmp_path)
    version = subprocess.run(
        [programs / "terrarium", "--version"], check=True, capture_output=True, text=True
    )
    assert VERSION in version.stdout
