"""Releases and notebooks with IAM enforced: who publishes, and whose rights code in a notebook has."""

from collections.abc import Mapping

import pytest

from environments import load_environment
from modules.sdk_release import sdk_release
from operations.images.repository import ImageRepository
from operations.images.sandbox_image import register_image
from terrarium.manifest import PlatformManifest
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, as_service, as_workflow, refused

Manifests = Mapping[str, PlatformManifest]


@pytest.fixture(scope="module")
def deploy(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    role = enforced["test"].roles.ci_deploy_arn
    return as_workflow(everywhere_sandbox, "test", role, subject="environment:test")


@pytest.fixture(scope="module")
def scientist(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    return as_person(everywhere_sandbox, "dev", enforced["dev"].roles.scientist_arn)


def notebook(sandbox: LocalSandbox, enforced: Manifests, environment: str) -> Session:
    arn = enforced[environment].roles.job_arn.replace("-job", "-notebook")
    return as_service(sandbox, environment, arn, "sagemaker.amazonaws.com")


def repository_of(manifest: PlatformManifest) -> str:
    return manifest.compute.images_url.partition("/")[2]


def test_the_deployer_publishes_the_sdk_and_pushes_images(deploy: Session, enforced: Manifests) -> None:
    test, s3, ecr = enforced["test"], deploy.client("s3"), deploy.client("ecr")
    s3.put_object(Bucket=test.artifacts.bucket, Key="sdk/releases/1/requirements.txt", Body=b"")
    assert s3.list_objects_v2(Bucket=test.artifacts.bucket, Prefix="sdk/")["KeyCount"]
    ecr.get_authorization_token()
    register_image(ecr, repository=repository_of(test), tag="of-the-deployer")
    found = ecr.describe_images(
        repositoryName=repository_of(test), imageIds=[{"imageTag": "of-the-deployer"}]
    )
    assert found["imageDetails"]
    with refused("s3:PutObject"):
        s3.put_object(Bucket=test.artifacts.bucket, Key="artifacts/data", Body=b"")


def test_recorders_cannot_change_the_sdk_of_notebooks(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, scientist: Session
) -> None:
    bucket = enforced["dev"].artifacts.bucket
    for session in (scientist, notebook(everywhere_sandbox, enforced, "dev")):
        with refused("s3:PutObject", because="with an explicit deny in a resource-based policy"):
            session.client("s3").put_object(Bucket=bucket, Key="sdk/releases/1/requirements.txt", Body=b"")
    with refused("ecr:PutImage"):
        register_image(scientist.client("ecr"), repository=repository_of(enforced["dev"]), tag="mine")


def test_notebooks_and_scientists_read_the_published_sdk(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, scientist: Session
) -> None:
    bucket, key = enforced["dev"].artifacts.bucket, "sdk/releases/1/requirements.txt"
    everywhere_sandbox.client("s3", "dev").put_object(Bucket=bucket, Key=key, Body=b"terrarium-ml")
    for session in (scientist, notebook(everywhere_sandbox, enforced, "dev")):
        s3 = session.client("s3")
        assert s3.list_objects_v2(Bucket=bucket, Prefix="sdk/releases/1/")["KeyCount"]
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"terrarium-ml"


def test_a_notebook_writes_where_the_scientists_of_its_environment_write(
    everywhere_sandbox: LocalSandbox, enforced: Manifests
) -> None:
    """In `prod` scientists look, and so does code in the notebooks that they open."""
    put = {"Key": "experiments/3/model", "Body": b"mine"}
    notebook(everywhere_sandbox, enforced, "dev").client("s3").put_object(
        Bucket=enforced["dev"].artifacts.bucket, **put
    )
    with refused("s3:PutObject"):
        notebook(everywhere_sandbox, enforced, "prod").client("s3").put_object(
            Bucket=enforced["prod"].artifacts.bucket, **put
        )


def test_the_deployer_sees_that_its_image_is_there(deploy: Session, enforced: Manifests) -> None:
    """As `terrarium images push` asks before it builds anything."""
    repository = ImageRepository(deploy.client("ecr"), config=load_environment("test"))
    assert repository.url == enforced["test"].compute.images_url
    assert repository.digest_of(sdk_release().image_tag) is not None
    assert repository.digest_of("base-never-pushed") is None
