"""The plan fails if it would make a change that a field declares as refused."""

from typing import Any

from environments import load_environments
from environments.fields import declared_fields
from tests.stacks.synthesized import Synthesized, synthesize
from tests.support.planned_changes import with_changes


def _preconditions(stack: Synthesized) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.document["output"]["configuration"]["precondition"]
    return found


def test_every_refused_change_is_a_precondition_that_says_what_to_do(tmp_path: Any) -> None:
    config = next(config for config in load_environments() if config.registry.promotes_from is None)
    switched_off = dict.fromkeys(("audit.enabled", "features.enabled", "registry.enabled"), False)
    changed = with_changes(config, {"workbench.users": ["ada"], **switched_off})
    messages = [one["error_message"] for one in _preconditions(synthesize([changed], tmp_path)[config.name])]
    pools = [pool.name for pool in config.compute.pools]
    refused = [
        (path, change.how)
        for field in declared_fields()
        for change in field.changes
        if change.effect == "refused"
        for path in ([field.path.replace("*", name) for name in pools] if "*" in field.path else [field.path])
    ]
    assert len(messages) == len(refused)
    for message, (path, how) in zip(messages, refused, strict=True):
        assert message.startswith(f"{path} cannot change from ")
        assert message.endswith(how)


def test_nothing_about_notebooks_is_refused_without_users(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        assert not any("workbench" in one["condition"] for one in _preconditions(stack))


def test_the_first_deployment_reads_no_state(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        (state,) = stack.document["data"]["terraform_remote_state"].values()
        assert state["count"].endswith('.keys, "terraform.tfstate") ? 1 : 0}')


def test_the_configuration_is_written_after_everything_else(stacks: dict[str, Synthesized]) -> None:
    """After a deployment that failed, `terrarium plan` still lists the fields that changed."""
    for stack in stacks.values():
        (after,) = stack.document["output"]["configuration"]["depends_on"]
        assert after.startswith("aws_ssm_parameter.manifest_parameter_")
