"""`terrarium images` against the sandbox's ECR."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.sdk_release import sdk_release
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

REPOSITORY = "terrarium-staging-training"


@pytest.fixture
def staging(sandbox: LocalSandbox, tmp_path: Path) -> Deployment:
    return Deployment(sandbox, "staging", tmp_path)


@pytest.fixture
def repository(sandbox: LocalSandbox) -> Iterator[str]:
    ecr = sandbox.client("ecr", "staging")
    ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
    yield REPOSITORY
    ecr.delete_repository(repositoryName=REPOSITORY, force=True)


def test_an_image_is_pushed_once(staging: Deployment, repository: str) -> None:
    missing = staging.terrarium("images", "show", "staging", check=False)
    assert (missing.returncode, "is missing" in missing.stdout) == (2, True)
    assert (
        "jobs in the sandbox run in its own Python" in staging.terrarium("images", "push", "staging").stdout
    )
    tag = sdk_release().image_tag
    (image,) = staging.sandbox.client("ecr", "staging").describe_images(repositoryName=repository)[
        "imageDetails"
    ]
    assert image["imageTags"] == [tag]
    assert f"already pushed ({image['imageDigest']})" in staging.terrarium("images", "push", "staging").stdout
    shown = staging.terrarium("images", "show", "staging").stdout
    assert f":{tag} {image['imageDigest']}" in shown
    outputs = staging.terrarium("images", "show", "staging", "--base").stdout.splitlines()
    assert outputs[0].startswith("name=")
    assert outputs[0].endswith(f"/{repository}")
    assert outputs[1] == f"digest={image['imageDigest']}"


def test_before_the_first_deployment_there_is_nothing_to_push_to(
    sandbox: LocalSandbox, tmp_path: Path
) -> None:
    test = Deployment(sandbox, "test", tmp_path)
    assert "not deployed yet" in test.terrarium("images", "push", "test", "--if-deployed").stdout
    refused = test.terrarium("images", "push", "test", check=False)
    assert refused.returncode == 1
    assert "cdktf deploy test" in refused.stderr


def test_credentials_of_another_account_are_refused(sandbox: LocalSandbox, tmp_path: Path) -> None:
    stranger = Deployment(sandbox, "test", tmp_path, credentials_of="staging")
    refused = stranger.terrarium("images", "push", "test", check=False)
    assert "but test is in account" in refused.stderr
