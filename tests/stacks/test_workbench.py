"""The workbench: notebooks start, install the SDK of the environment, and have the permissions of their users."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest

from environments import load_environments
from modules.sdk_release import sdk_release
from tests.stacks.synthesized import Synthesized, synthesize

# SageMaker Developer Guide, "SageMaker API permissions reference": what StartNotebookInstance asks of its caller for
# an instance with a subnet and a key, besides the key's kms:DescribeKey.
NEEDED_TO_START = {
    "sagemaker:StartNotebookInstance",
    "iam:PassRole",
    "ec2:CreateNetworkInterface",
    "ec2:AttachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "kms:CreateGrant",
    "kms:DescribeKey",
}


@pytest.fixture(scope="module", params=[True, False], ids=["scientists-write", "scientists-look"])
def scientists_write(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def stack(scientists_write: bool, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:  # noqa: FBT001 - a fixture
    """`dev` with one notebook."""
    (dev,) = (config for config in load_environments() if config.name == "dev")
    changed = dev.model_copy(
        update={
            "workbench": dev.workbench.model_copy(update={"users": ("ada",)}),
            "access": dev.access.model_copy(update={"scientists_write": scientists_write}),
        }
    )
    return synthesize([changed], tmp_path_factory.mktemp("workbench"))["dev"]


def statements_of(stack: Synthesized, role: str) -> list[dict[str, Any]]:
    return [
        statement
        for path, policy in stack.resources("aws_iam_policy").items()
        if path.startswith(f"access/{role}/")
        for statement in json.loads(policy["policy"])["Statement"]
    ]


def actions_of(stack: Synthesized, role: str) -> set[str]:
    return {
        action
        for statement in statements_of(stack, role)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def script_of(stack: Synthesized) -> str:
    (lifecycle,) = stack.resources("aws_sagemaker_notebook_instance_lifecycle_configuration").values()
    return base64.b64decode(lifecycle["on_start"]).decode()


def test_scientists_have_every_permission_that_starting_a_notebook_needs(stack: Synthesized) -> None:
    assert actions_of(stack, "scientist") >= NEEDED_TO_START
    (passing,) = (
        statement
        for statement in statements_of(stack, "scientist")
        if statement["Action"] == "iam:PassRole" and "sagemaker.amazonaws.com" in json.dumps(statement)
    )
    assert "access_notebook_role" in passing["Resource"]


def test_a_notebook_has_no_more_write_permissions_than_scientists(
    stack: Synthesized,
    scientists_write: bool,  # noqa: FBT001 - a fixture
) -> None:
    (notebook,) = stack.resources("aws_sagemaker_notebook_instance").values()
    assert "access_notebook_role" in notebook["role_arn"]
    stores = {"dynamodb:PutItem", "glue:UpdateTable", "batch:SubmitJob"}
    writes = {role: bool(actions_of(stack, role) & stores) for role in ("scientist", "notebook", "job")}
    assert writes == {"scientist": scientists_write, "notebook": scientists_write, "job": True}


def test_sagemaker_can_assume_only_the_role_of_notebooks(stack: Synthesized) -> None:
    trusting = {
        path
        for path, role in stack.resources("aws_iam_role").items()
        if "sagemaker.amazonaws.com" in role["assume_role_policy"]
    }
    assert trusting == {"access/notebook/role"}


def test_a_notebook_has_the_default_platform_of_sagemaker(stack: Synthesized) -> None:
    """The provider accepts only withdrawn platforms: none is set, and SageMaker's default is current."""
    (notebook,) = stack.resources("aws_sagemaker_notebook_instance").values()
    assert "platform_identifier" not in notebook
    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    described = model["shapes"]["CreateNotebookInstanceInput"]["members"]["PlatformIdentifier"]
    assert "The default value is <code>notebook-al2023-v" in described["documentation"]


def test_the_log_of_a_failed_start_can_be_read(stack: Synthesized) -> None:
    (writing,) = (
        statement
        for statement in statements_of(stack, "notebook")
        if "logs:PutLogEvents" in statement["Action"]
    )
    assert any("/aws/sagemaker/NotebookInstances" in resource for resource in writing["Resource"])


def test_the_start_script_is_complete_and_within_the_limit_of_sagemaker(
    stack: Synthesized, tmp_path: Path
) -> None:
    (lifecycle,) = stack.resources("aws_sagemaker_notebook_instance_lifecycle_configuration").values()
    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    assert len(lifecycle["on_start"]) <= model["shapes"]["NotebookInstanceLifecycleConfigContent"]["max"]
    script = tmp_path / "on-start"
    script.write_text(script_of(stack))
    subprocess.run(["bash", "-n", script], check=True)
    assert script_of(stack).startswith("#!/bin/bash\n")


def test_every_program_of_a_notebook_is_valid(stack: Synthesized, tmp_path: Path) -> None:
    """Runs the part of the script that writes files, below another root."""
    writing, _, _ = script_of(stack).partition("set -euo pipefail\n. /etc/terrarium-notebook")
    for folder in ("etc", "usr/local/bin"):
        (tmp_path / folder).mkdir(parents=True)
    moved = writing.replace("> /", f"> {tmp_path}/").replace(" 0755 /", f" 0755 {tmp_path}/")
    subprocess.run(
        ["bash", "-e"], input=moved.replace(" 0644 /", f" 0644 {tmp_path}/"), text=True, check=True
    )
    programs = tmp_path / "usr/local/bin"
    for name in ("terrarium-install-sdk", "terrarium-setup"):
        subprocess.run(["bash", "-n", programs / name], check=True)
    compile((programs / "terrarium-stop-when-idle").read_text(), "stop-when-idle", "exec")
    settings = (tmp_path / "etc/terrarium-notebook").read_text().splitlines()
    assert f"RELEASE_PREFIX=sdk/releases/{sdk_release().id}/" in settings
    assert "ENVIRONMENT=dev" in settings


def test_nothing_is_installed_from_a_package_index(stack: Synthesized) -> None:
    installing = [line for line in script_of(stack).splitlines() if "pip install" in line]
    assert installing
    assert all("--no-index" in line and "--require-hashes" in line for line in installing)
