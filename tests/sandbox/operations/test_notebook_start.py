"""The program that installs the SDK in notebooks, run against the sandbox's bucket."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.sdk_release import sdk_release
from operations.sdk.publication import publish_release
from operations.sdk.release_folder import build_release
from tests.support.local_sandbox import LocalSandbox

PROGRAM = Path(__file__).parents[3] / "modules" / "notebook" / "install_sdk.sh"
AWS = shutil.which("aws")

pytestmark = pytest.mark.skipif(AWS is None, reason="needs the AWS command line, which notebooks have")


@pytest.fixture
def bucket(sandbox: LocalSandbox) -> Iterator[str]:
    s3 = sandbox.client("s3", "staging")
    name = "terrarium-notebook-start"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    yield name
    empty(s3, name)
    s3.delete_bucket(Bucket=name)


def empty(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])


def install_sdk(sandbox: LocalSandbox, bucket: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a notebook does that has Python 3.11 and whose home is `folder`."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    python = programs / "python3.11"
    if not python.exists():
        python.symlink_to(Path(sys.executable).resolve())
    release, shell = sdk_release(), sandbox.environment("staging")
    settings = folder / "settings"
    settings.write_text(
        f"ENVIRONMENT=staging\nREGION={shell['AWS_REGION']}\nBUCKET={bucket}\n"
        f"RELEASE_PREFIX={release.prefix}\nDEPENDENCIES_PREFIX={release.dependencies_prefix}\n"
    )
    variables = {name: value for name, value in shell.items() if name.startswith("AWS_")}
    path = os.pathsep.join([str(programs), str(Path(str(AWS)).parent), os.environ["PATH"]])
    environment = {**variables, "HOME": str(folder), "PATH": path, "TERRARIUM_NOTEBOOK": str(settings)}
    return subprocess.run(["bash", PROGRAM], env=environment, check=False, capture_output=True, text=True)


def test_without_a_published_sdk_the_error_names_the_remedy_and_a_retry(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path
) -> None:
    failed = install_sdk(sandbox, bucket, tmp_path)
    assert failed.returncode == 3, failed.stderr
    assert "terrarium sdk publish staging" in failed.stderr
    assert not (tmp_path / ".local").exists()


@pytest.mark.slow
def test_a_notebook_has_a_kernel_with_the_published_sdk(
    sandbox: LocalSandbox, bucket: str, tmp_path: Path
) -> None:
    """Needs the package index once for each change of the lock."""
    s3, release = sandbox.client("s3", "staging"), sdk_release()
    publish_release(s3, bucket, release, build_release(release), report=print)
    earlier = tmp_path / "SageMaker" / ".terrarium" / "earlier"
    earlier.mkdir(parents=True)
    installed = install_sdk(sandbox, bucket, tmp_path)
    assert installed.returncode == 0, installed.stderr
    kernel = json.loads((tmp_path / ".local/share/jupyter/kernels/terrarium/kernel.json").read_text())
    assert kernel["display_name"] == "Terrarium"
    assert kernel["env"]["TERRARIUM_ENVIRONMENT"] == "staging"
    version = (
        "from importlib.metadata import version; import terrarium, ipykernel; print(version('terrarium-ml'))"
    )
    ran = subprocess.run([kernel["argv"][0], "-c", version], check=True, capture_output=True, text=True)
    assert ran.stdout.strip().endswith(f"+r{release.id}")
    current = tmp_path / "SageMaker" / ".terrarium" / "current"
    assert (current / "bin" / "terrarium").exists()
    assert not earlier.exists()
    empty(s3, bucket)  # a start with the same release needs the bucket no more
    assert install_sdk(sandbox, bucket, tmp_path).returncode == 0
