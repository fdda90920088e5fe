"""Permissions and session duration of releases: pushing images and publishing the SDK."""

from pathlib import Path

import pytest
import yaml

from environments import environment_names
from modules.sdk_release import SDK_PREFIX
from tests.stacks.synthesized import Synthesized, listed

DEPLOY_WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "deploy.yml"


@pytest.fixture(params=environment_names())
def stack(request: pytest.FixtureRequest, stacks: dict[str, Synthesized]) -> Synthesized:
    return stacks[request.param]


def test_ci_deploy_pushes_to_the_repository_of_job_images_only(stack: Synthesized) -> None:
    (pushing,) = (
        statement
        for statement in stack.granted("access/delivery/deploy")
        if "ecr:PutImage" in listed(statement["Action"])
    )
    assert {"ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"} <= set(
        pushing["Action"]
    )
    (resource,) = listed(pushing["Resource"])
    assert "compute_images_repository" in resource


def test_only_ci_deploy_writes_to_the_prefix_of_the_sdk(stack: Synthesized) -> None:
    writers = {
        role
        for role in ("access/scientist", "access/job", "access/delivery/plan", "access/delivery/deploy")
        for statement in stack.granted(role)
        if "s3:PutObject" in listed(statement["Action"])
        and any(
            "aws_s3_bucket.artifacts_" in resource and resource.endswith((f"/{SDK_PREFIX}*", ".arn}/*"))
            for resource in listed(statement["Resource"])
        )
    }
    assert writers == {"access/delivery/deploy"}


def test_the_workflow_requests_the_maximum_session_of_the_role(stack: Synthesized) -> None:
    job = yaml.safe_load(DEPLOY_WORKFLOW.read_text())["jobs"]["deploy"]
    durations = {
        step["with"]["role-duration-seconds"]
        for step in job["steps"]
        if "configure-aws-credentials" in step.get("uses", "")
    }
    role = stack.resource("aws_iam_role", "access/delivery/deploy/role")
    assert durations == {role["max_session_duration"]}
