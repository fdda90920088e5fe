"""Compute environments, queues and job definitions are accepted by Batch and can be changed."""

import re

import botocore.session
from botocore.model import StructureShape

from environments import load_environment
from tests.stacks.synthesized import Synthesized

_ENVIRONMENT = "aws_batch_compute_environment"


def test_machine_images_are_amazon_linux_2023(stacks: dict[str, Synthesized]) -> None:
    """Batch refuses new compute environments on Amazon Linux 2 (Batch API Reference, Ec2Configuration)."""
    image_types = {
        path.rpartition("pool-")[2].partition("/")[0]: environment["compute_resources"]["ec2_configuration"][
            0
        ]["image_type"]
        for stack in stacks.values()
        for path, environment in stack.resources(_ENVIRONMENT).items()
    }
    assert image_types == {"cpu": "ECS_AL2023", "gpu": "ECS_AL2023_NVIDIA"}


def test_compute_environments_are_changed_in_place(stacks: dict[str, Synthesized]) -> None:
    """Provider 5.100.0 replaces those with another strategy or a service role (isUpdatableComputeEnvironment)."""
    for stack in stacks.values():
        for environment in stack.resources(_ENVIRONMENT).values():
            assert environment["compute_resources"]["allocation_strategy"] in (
                "BEST_FIT_PROGRESSIVE",
                "SPOT_CAPACITY_OPTIMIZED",
            )
            assert "service_role" not in environment
            assert environment["update_policy"]["terminate_jobs_on_update"] is False


def test_compute_environments_are_replaced_by_creating_the_new_one_first(
    stacks: dict[str, Synthesized],
) -> None:
    """Batch deletes no compute environment of a queue: "Cannot delete, found existing JobQueue relationship"."""
    for name, stack in stacks.items():
        for path, environment in stack.resources(_ENVIRONMENT).items():
            pool = path.rpartition("pool-")[2].partition("/")[0]
            assert environment["lifecycle"]["create_before_destroy"] is True
            assert environment["compute_environment_name_prefix"] == f"terrarium-{name}-{pool}-"
            assert "compute_environment_name" not in environment, "the new one could not have the same"


def test_a_new_version_of_a_launch_template_changes_the_compute_environment(
    stacks: dict[str, Synthesized],
) -> None:
    """Batch evaluates $Latest at creation and in updates only (Batch API Reference, LaunchTemplateSpecification)."""
    for stack in stacks.values():
        for environment in stack.resources(_ENVIRONMENT).values():
            template = environment["compute_resources"]["launch_template"]
            assert template["version"] == template["launch_template_id"].replace(".id}", ".latest_version}")


def test_compute_environments_are_created_one_after_the_other(stacks: dict[str, Synthesized]) -> None:
    """The first one of an account creates the service-linked role of Batch (CreateComputeEnvironment)."""
    for stack in stacks.values():
        first, *others = (environment for _, environment in sorted(stack.resources(_ENVIRONMENT).items()))
        assert not first["depends_on"]
        assert others
        assert all("pool-cpu_environment" in " ".join(other["depends_on"]) for other in others)


def test_instances_and_their_disks_have_the_cost_allocation_tags(
    stacks: dict[str, Synthesized],
) -> None:
    """Neither `default_tags` nor tags of the compute environment reach them (Batch API Reference, ComputeResource)."""
    for name, stack in stacks.items():
        tags = load_environment(name).tags
        for environment in stack.resources(_ENVIRONMENT).values():
            assert tags.items() <= environment["compute_resources"]["tags"].items()
        for template in stack.resources("aws_launch_template").values():
            tagged = {
                specification["resource_type"]: specification["tags"]
                for specification in template["tag_specifications"]
            }
            assert set(tagged) == {"instance", "volume", "network-interface"}
            assert all(tags.items() <= given.items() for given in tagged.values())


def test_every_status_reason_of_blocked_jobs_has_a_time_limit(stacks: dict[str, Synthesized]) -> None:
    """The reasons are those of Batch's model, which says that they are the statusReason of jobs in RUNNABLE."""
    job = botocore.session.get_session().get_service_model("batch").shape_for("JobDetail")
    assert isinstance(job, StructureShape)
    reason = job.members["statusReason"]
    known = set(re.findall(r"\b(?:CAPACITY|MISCONFIGURATION):\w+", reason.documentation))
    assert known
    for stack in stacks.values():
        for queue in stack.resources("aws_batch_job_queue").values():
            assert {action["reason"] for action in queue["job_state_time_limit_action"]} == known


def test_job_definitions_have_a_priority_which_queues_with_a_scheduling_policy_require(
    stacks: dict[str, Synthesized],
) -> None:
    for stack in stacks.values():
        assert all(
            queue["scheduling_policy_arn"] for queue in stack.resources("aws_batch_job_queue").values()
        )
        definitions = stack.resources("aws_batch_job_definition")
        assert {path: definition.get("scheduling_priority") for path, definition in definitions.items()} == (
            dict.fromkeys(definitions, 1)
        )


def test_the_fair_share_policy_lists_no_shares_because_all_have_the_same_weight(
    stacks: dict[str, Synthesized],
) -> None:
    """An identifier has up to 255 alphanumeric characters and may end with an asterisk: a bare one has none."""
    for stack in stacks.values():
        for policy in stack.resources("aws_batch_scheduling_policy").values():
            assert "share_distribution" not in policy["fair_share_policy"]
