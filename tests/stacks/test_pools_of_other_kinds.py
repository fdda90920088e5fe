"""Pools on Fargate, on Graviton, with Neuron devices and with own machine images."""

import base64
import email
import json
import re
from pathlib import Path
from typing import Any

import pytest

from environments import load_environment
from environments.sections.compute import Pool
from environments.sections.pipelines import Pipeline
from modules.pipelines.definition import PipelineDefinitionError
from modules.sdk_release import sdk_release
from policies.rules.compute import POLICIES
from policies.stack import Stack
from tests.stacks.synthesized import Synthesized, synthesize

CPU = Pool(name="cpu", instance_types=("m7i",), maximum_vcpus=64)
TASKS = Pool.model_validate(
    {"name": "tasks", "launch_type": "fargate", "maximum_vcpus": 32, "disk_gib": 50, "purchase": "on-demand"}
)
ARM_TASKS = Pool.model_validate(
    {"name": "arm-tasks", "launch_type": "fargate", "maximum_vcpus": 32, "cpu_architecture": "arm64"}
)
ARM = Pool(name="arm", instance_types=("m8g",), maximum_vcpus=64)
TRN = Pool(name="trn", accelerator="neuron", instance_types=("trn1.32xlarge",), maximum_vcpus=128)
OWN = Pool(
    name="own",
    instance_types=("m7i",),
    maximum_vcpus=64,
    ami="ami-0123456789abcdef0",
    root_device="/dev/sda1",
    user_data="#!/bin/bash\nsysctl -w vm.max_map_count=262144",
)
_DEFINITION = "aws_batch_job_definition"


def dev_with(folder: Path, *pools: Pool, pipelines: tuple[Pipeline, ...] = (), **compute: Any) -> Synthesized:
    dev = load_environment("dev")
    changed = dev.model_copy(
        update={"compute": dev.compute.model_copy(update={"pools": pools, **compute}), "pipelines": pipelines}
    )
    return synthesize([changed], folder)["dev"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return dev_with(
        tmp_path_factory.mktemp("pools"),
        *(CPU, TASKS, ARM_TASKS, ARM, TRN, OWN),
        images={"torch": "torch-1", "both": "both-1"},
        image_architectures={"both": ("x86_64", "arm64")},
        share_weights={"ada": 0.5, "team*": 2.0},
    )


def resources_of(stack: Synthesized, pool: str) -> dict[str, Any]:
    path = f"compute/pool-{pool}/environment"
    found: dict[str, Any] = stack.resource("aws_batch_compute_environment", path)["compute_resources"]
    return found


def container_of(stack: Synthesized, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.resource(_DEFINITION, path)["container_properties"])
    return found


def test_a_compute_environment_on_fargate_has_nothing_about_instances(stack: Synthesized) -> None:
    """Batch refuses it: "instanceTypes is not applicable for Fargate."."""
    environment = stack.resource("aws_batch_compute_environment", "compute/pool-tasks/environment")
    assert environment["compute_resources"].keys() == {
        "type",
        "max_vcpus",
        "subnets",
        "security_group_ids",
    }
    assert environment["compute_resources"]["type"] == "FARGATE"
    assert resources_of(stack, "arm-tasks")["type"] == "FARGATE_SPOT"
    assert "update_policy" not in environment
    assert not [path for path in stack.resources("aws_launch_template") if "tasks" in path]


def test_jobs_on_fargate_have_definitions_of_their_own(stack: Synthesized) -> None:
    definition = stack.resource(_DEFINITION, "compute/pool-tasks/job-definition-base")
    container = json.loads(definition["container_properties"])
    assert definition["name"] == "terrarium-dev-job-on-tasks_base"
    assert definition["platform_capabilities"] == ["FARGATE"]
    assert container["ephemeralStorage"] == {"sizeInGiB": 50}
    assert container["networkConfiguration"] == {"assignPublicIp": "ENABLED"}, "dev has public-addresses"
    assert container["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"}
    on_arm = container_of(stack, "compute/pool-arm-tasks/job-definition-base")
    assert on_arm["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    assert "ephemeralStorage" not in on_arm, "20 GiB is what tasks have"


def test_jobs_whose_capacity_aws_takes_back_are_retried_on_both_launch_types(stack: Synthesized) -> None:
    on_ec2, on_fargate = (
        stack.resource(_DEFINITION, path)["retry_strategy"]["evaluate_on_exit"]
        for path in ("compute/job-definition", "compute/pool-tasks/job-definition-base")
    )
    assert on_ec2[0] == {"action": "retry", "on_status_reason": "Host EC2*"}
    assert {"action": "retry", "on_status_reason": "Your Spot Task was interrupted*"} in on_fargate


def test_jobs_on_arm64_run_the_base_image_of_that_architecture(stack: Synthesized) -> None:
    for path in ("compute/pool-arm/job-definition-base", "compute/pool-arm-tasks/job-definition-base"):
        assert container_of(stack, path)["image"].endswith(f":{sdk_release().image_tag}-arm64")
    assert container_of(stack, "compute/job-definition")["image"].endswith(f":{sdk_release().image_tag}")


def test_only_images_of_its_architecture_have_definitions_for_a_pool(stack: Synthesized) -> None:
    paths = "\n".join(stack.resources(_DEFINITION))
    assert set(re.findall(r"compute/pool-arm/job-definition-(\w+)", paths)) == {"base", "both"}
    assert set(re.findall(r"compute/pool-tasks/job-definition-(\w+)", paths)) == {"base", "torch", "both"}
    assert not re.findall(r"compute/pool-(?:cpu|own)/job-definition", paths)


def test_jobs_get_all_neuron_devices_of_the_instance(stack: Synthesized) -> None:
    devices = container_of(stack, "compute/pool-trn/job-definition-base")["linuxParameters"]["devices"]
    assert [device["hostPath"] for device in devices] == [f"/dev/neuron{n}" for n in range(16)]
    (image,) = resources_of(stack, "trn")["ec2_configuration"]
    assert image["image_type"] == "ECS_AL2023"
    (parameter,) = stack.document["data"]["aws_ssm_parameter"].values()
    assert parameter["name"].endswith("/amazon-linux-2023/neuron/recommended/image_id")
    assert image["image_id_override"].startswith("${data.aws_ssm_parameter.compute_pool-trn_ami")


def test_ci_may_read_the_parameter_with_the_image(stack: Synthesized) -> None:
    arn = "arn:aws:ssm:eu-central-1::parameter/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/"
    policies = [policy["policy"] for policy in stack.resources("aws_iam_policy").values()]
    assert sum(arn in policy for policy in policies) >= 3, "ci-plan, ci-deploy and their boundary"


def test_an_own_machine_image_has_its_root_device_and_user_data(stack: Synthesized) -> None:
    assert resources_of(stack, "own")["ec2_configuration"] == [
        {"image_type": "ECS_AL2023", "image_id_override": OWN.ami}
    ]
    template = stack.resource("aws_launch_template", "compute/pool-own/template")
    assert template["block_device_mappings"][0]["device_name"] == "/dev/sda1"
    archive = email.message_from_bytes(base64.b64decode(template["user_data"]))
    (part,) = (part for part in archive.walk() if not part.is_multipart())
    assert part.get_content_type() == "text/x-shellscript"
    assert str(part.get_payload()).strip() == OWN.user_data


def test_the_fair_share_has_the_weights_of_the_file(stack: Synthesized) -> None:
    policy = stack.resource("aws_batch_scheduling_policy", "compute/fair-share")["fair_share_policy"]
    assert policy["share_distribution"] == [
        {"share_identifier": "ada", "weight_factor": 0.5},
        {"share_identifier": "team*", "weight_factor": 2.0},
    ]


def test_those_who_may_submit_jobs_may_use_every_definition(stack: Synthesized) -> None:
    policies = "\n".join(policy["policy"] for policy in stack.resources("aws_iam_policy").values())
    for name in ("job-on-tasks_base", "job-on-tasks_torch", "job-on-arm_both", "job-on-trn_base"):
        assert f"job-definition/terrarium-dev-{name}:*" in policies


def test_older_sdks_are_asked_to_upgrade(stack: Synthesized, tmp_path: Path) -> None:
    """They would submit jobs with definitions that cannot start in these pools."""
    manifest = "aws_ssm_parameter", "manifest/parameter"
    assert '"oldest_reader" = 3' in stack.resource(*manifest)["value"]
    assert '"oldest_reader" = 2' in dev_with(tmp_path, CPU, OWN).resource(*manifest)["value"]


def test_with_fargate_only_operators_jobs_run_on_fargate(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, ARM_TASKS)
    migration = stack.resource(_DEFINITION, "migration/job-definition")
    assert migration["platform_capabilities"] == ["FARGATE"]
    container = json.loads(migration["container_properties"])
    assert container["image"].endswith("-arm64")
    assert container["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    (machine,) = stack.resources("aws_sfn_state_machine").values()
    assert "job-definition-base" in machine["definition"]


def nightly(folder: Path, *, memory: str) -> Pipeline:
    """A pipeline with one job of one vCPU in the pool on Fargate."""
    required = [{"Type": "VCPU", "Value": "1"}, {"Type": "MEMORY", "Value": memory}]
    job = {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Parameters": {
            "JobName": "job",
            "JobQueue": "${tasks_queue_arn}",
            "JobDefinition": "${tasks_job_definition_arn}",
            "ContainerOverrides": {"ResourceRequirements": required},
        },
        "End": True,
    }
    (folder / "nightly.json").write_text(json.dumps({"StartAt": "job", "States": {"job": job}}))
    return Pipeline.model_validate({"name": "nightly", "definition": "nightly.json"})


def test_a_pipeline_submits_its_jobs_on_fargate_with_the_definition_of_the_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.pipelines.definition.CHECKOUT", tmp_path)
    stack = dev_with(tmp_path / "out", CPU, TASKS, pipelines=(nightly(tmp_path, memory="3072"),))
    definition = stack.resource("aws_sfn_state_machine", "pipelines/pipeline-nightly")["definition"]
    assert "aws_batch_job_definition.compute_pool-tasks_job-definition-base" in definition


def test_a_pipeline_on_fargate_needs_resources_of_one_of_its_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.pipelines.definition.CHECKOUT", tmp_path)
    with pytest.raises(PipelineDefinitionError, match="1 vCPUs and 2500 MiB") as caught:
        dev_with(tmp_path / "out", CPU, TASKS, pipelines=(nightly(tmp_path, memory="2500"),))
    assert "the next is 1 vCPUs, 3072 MiB" in str(caught.value)


def test_the_policies_accept_these_pools(stack: Synthesized) -> None:
    found = Stack(name="dev", tier="disposable", document=stack.document)
    assert [violation for policy in POLICIES for violation in policy.violations(found)] == []
