"""The images in an environment's file: their job definitions, and permissions to pull them."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import load_environments
from environments.sections.compute import Pool
from modules.sdk_release import sdk_release
from policies.rules.compute import POLICIES
from policies.stack import Stack
from terrarium.errors import Error
from tests.stacks.synthesized import Synthesized, synthesize

DIGEST = f"sha256:{'a' * 64}"
IMAGES = {
    "pytorch": "pytorch-1",
    "tools": f"public.ecr.aws/docker/library/python@{DIGEST}",
    "theirs": f"999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/theirs@{DIGEST}",
}


def dev_with(folder: Path, **compute: Any) -> Synthesized:
    (dev,) = (config for config in load_environments() if config.name == "dev")
    changed = dev.model_copy(update={"compute": dev.compute.model_copy(update=compute)})
    return synthesize([changed], folder)["dev"]


def container_of(stack: Synthesized, path: str) -> dict[str, Any]:
    definition = stack.resource("aws_batch_job_definition", path)
    container: dict[str, Any] = json.loads(definition["container_properties"])
    return container


def known_as(container: dict[str, Any]) -> dict[str, str]:
    variables = {entry["name"]: entry["value"] for entry in container["environment"]}
    return {name: value for name, value in variables.items() if name.startswith("TERRARIUM_IMAGE")}


def test_the_definition_of_an_image_differs_from_that_of_the_base_image_in_the_image_only(
    tmp_path: Path,
) -> None:
    stack = dev_with(tmp_path, images=IMAGES)
    base = container_of(stack, "compute/job-definition")
    tag = sdk_release().image_tag
    assert base["image"].endswith(f":{tag}")
    assert known_as(base) == {"TERRARIUM_IMAGE": "base"}
    pytorch = container_of(stack, "compute/job-definition-pytorch")
    assert pytorch["image"] == base["image"].replace(tag, "pytorch-1")
    assert known_as(pytorch) == {"TERRARIUM_IMAGE": "pytorch"}
    tools = container_of(stack, "compute/job-definition-tools")
    assert tools["image"] == IMAGES["tools"]
    assert known_as(tools) == {"TERRARIUM_IMAGE": "tools", "TERRARIUM_IMAGE_DIGEST": DIGEST}
    differing = {"image", "environment"}
    for other in (pytorch, tools):
        assert {key: other[key] for key in other.keys() - differing} == {
            key: base[key] for key in base.keys() - differing
        }


def test_jobs_the_migration_and_the_tunnel_run_the_image_of_this_checkout(tmp_path: Path) -> None:
    stack = dev_with(tmp_path)
    migration = container_of(stack, "migration/job-definition")
    (tunnel,) = json.loads(stack.resource("aws_ecs_task_definition", "tunnel/task")["container_definitions"])
    base = container_of(stack, "compute/job-definition")
    assert base["image"].endswith(f":{sdk_release().image_tag}")
    assert {migration["image"], tunnel["image"]} == {base["image"]}


def test_running_executions_can_submit_jobs_with_the_previous_revision(tmp_path: Path) -> None:
    definition = dev_with(tmp_path).resource("aws_batch_job_definition", "compute/job-definition")
    assert definition["deregister_on_new_revision"] is False


def test_refuses_an_image_of_the_own_repository_by_digest_because_untagged_images_expire(
    tmp_path: Path,
) -> None:
    own = f"111111111111.dkr.ecr.eu-central-1.amazonaws.com/terrarium-dev-training@{DIGEST}"
    with pytest.raises(Error, match="by its digest"):
        dev_with(tmp_path, images={"mine": own})


def test_only_the_named_private_repositories_may_be_pulled_from(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, images=IMAGES)
    pulled = {
        resource
        for path, policy in stack.resources("aws_iam_policy").items()
        if path.startswith("compute/execution")
        for statement in json.loads(policy["policy"])["Statement"]
        if "ecr:BatchGetImage" in statement["Action"]
        for resource in (
            [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
        )
    }
    own = {arn for arn in pulled if arn.startswith("${aws_ecr_repository.")}
    assert len(own) == 1
    assert pulled - own == {"arn:aws:ecr:eu-west-1:999999999999:repository/team/theirs"}


def test_every_image_has_a_multi_node_definition_if_a_pool_spans_nodes(tmp_path: Path) -> None:
    cluster = Pool(name="cluster", purchase="on-demand", instance_types=("c7i",), maximum_vcpus=128, nodes=4)
    stack = dev_with(tmp_path, images={"pytorch": "pytorch-1"}, pools=(cluster,))
    definition = stack.resource("aws_batch_job_definition", "compute/multi-node-job-definition-pytorch")
    (group,) = json.loads(definition["node_properties"])["nodeRangeProperties"]
    assert group["container"] == container_of(stack, "compute/job-definition-pytorch")


def test_the_manifest_lists_images_by_name(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, images={"pytorch": "pytorch-1"})
    written = stack.resource("aws_ssm_parameter", "manifest/parameter")["value"]
    assert '"name" = "pytorch"' in written
    assert "aws_batch_job_definition.compute_job-definition-pytorch" in written


def test_the_policies_accept_the_images_and_their_time_limits(tmp_path: Path) -> None:
    stack = Stack(name="dev", tier="disposable", document=dev_with(tmp_path, images=IMAGES).document)
    assert [found for policy in POLICIES for found in policy.violations(stack)] == []
