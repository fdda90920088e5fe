"""Capabilities that an environment's file switches off."""

from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path
from typing import get_args

import pytest

from environments import Environment, load_environment
from environments.load import load_environments
from operations.cost.estimate import estimate
from operations.synthesized import resources_of
from policies.catalogue import own_findings
from policies.stack import Stack
from policies.verdict import judge
from stacks.app import build_app
from terrarium.errors import Error
from terrarium.manifest import Capability
from tests.stacks.synthesized import Synthesized, synthesize
from tests.support.planned_changes import with_changes
from tests.support.switches import EVERYTHING_OFF, SWITCHES, pairwise, switched_off

_ROWS = (*pairwise(), EVERYTHING_OFF)
_PARTS = {  # constructs of a capability, by their paths
    "audit": ("audit/",),
    "budget": ("observability/budget",),
    "features": ("features/", "alarms/online-"),
    "pipelines": ("pipelines/", "alarms/pipeline-"),
    "registry": ("registry/", "approver/"),
    "tunnel": ("tunnel/",),
    "workbench": ("workbench/", "access/notebook/"),
}
_SECTIONS = {"features", "registry", "pipelines", "tunnel"}  # of the manifest
_SERVICES = {  # services that the permissions boundary allows for one capability only
    "features": {"athena", "dynamodb", "glue"},
    "pipelines": {"events", "sqs", "states"},
    "workbench": {"sagemaker"},
}


def _environment(row: int) -> Environment:
    config = switched_off(load_environment("dev"), _ROWS[row])
    return config.model_copy(update={"name": f"row{row}", "account": f"{row:012}"})


@pytest.fixture(scope="module")
def combined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """A stack for each combination."""
    rows = [_environment(row) for row in range(len(_ROWS))]
    return synthesize(rows, tmp_path_factory.mktemp("switches"))


@pytest.fixture(params=range(len(_ROWS)), ids=lambda row: "+".join(sorted(_ROWS[row])) or "nothing")
def row(
    request: pytest.FixtureRequest, combined: dict[str, Synthesized]
) -> tuple[frozenset[str], Synthesized]:
    """The capabilities that are off in a combination, and its stack."""
    return _ROWS[request.param], combined[f"row{request.param}"]


def _paths(stack: Synthesized) -> list[str]:
    return [path for kind in stack.kinds for path in stack.resources(kind)]


def test_every_pair_of_switches_has_every_pair_of_positions() -> None:
    assert SWITCHES.keys() == set(get_args(Capability))
    for one, other in combinations(SWITCHES, 2):
        assert {(one in off, other in off) for off in pairwise()} == set(product((False, True), repeat=2))


def test_what_is_off_has_no_resources_and_everything_else_has(
    row: tuple[frozenset[str], Synthesized],
) -> None:
    off, stack = row
    paths = _paths(stack)
    for capability, (first, *others) in _PARTS.items():
        assert any(path.startswith(first) for path in paths) == (capability not in off)
        assert capability not in off or not any(path.startswith(tuple(others)) for path in paths if others)


def test_the_boundary_allows_no_service_of_what_is_off(row: tuple[frozenset[str], Synthesized]) -> None:
    off, stack = row
    boundary = stack.resource("aws_iam_policy", "boundary/policy")["policy"]
    for capability, services in _SERVICES.items():
        assert all((f'"{service}:*"' in boundary) == (capability not in off) for service in services)


def test_the_manifest_has_no_section_of_what_is_off_and_asks_for_a_reader_that_expects_it(
    row: tuple[frozenset[str], Synthesized],
) -> None:
    off, stack = row
    manifest = stack.resource("aws_ssm_parameter", "manifest/parameter")["value"]
    assert f'"oldest_reader" = {3 if off & _SECTIONS else 2}' in manifest
    for section in _SECTIONS:
        assert (f'"{section}" = {{' in manifest) == (section not in off)


def test_the_kits_own_policies_find_nothing_in_any_combination(
    row: tuple[frozenset[str], Synthesized],
) -> None:
    _, stack = row
    checked = Stack(name="dev", tier="disposable", document=stack.document)
    found = own_findings(checked)
    assert [one for one in found if one.check not in checked.waivers.get(one.resource, {})] == []


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_all_tools_find_nothing_in_any_combination(combined: dict[str, Synthesized]) -> None:
    stacks = tuple(
        Stack(name=name, tier="disposable", document=stack.document) for name, stack in combined.items()
    )
    assert judge(stacks, today=datetime.now(UTC).date()).open == ()


def test_the_smallest_environment_costs_less(combined: dict[str, Synthesized]) -> None:
    def idle(name: str) -> float:
        return sum(one.idle for one in estimate(resources_of(dict(combined[name].document))))

    assert idle(f"row{len(_ROWS) - 1}") < idle("row0") < 10


def test_models_are_promoted_only_from_an_environment_with_a_registry(tmp_path: Path) -> None:
    environments = {config.name: config for config in load_environments()}
    target = next(config for config in environments.values() if config.registry.promotes_from)
    source = environments[str(target.registry.promotes_from)]
    without = with_changes(source, {"registry.enabled": False, "registry.promotes_from": None})
    with pytest.raises(Error, match="has no model registry") as refused:
        build_app([target, without], outdir=tmp_path)
    assert f"enabled = true below [registry] in environments/{source.name}.toml" in str(refused.value)


@pytest.mark.parametrize("section", ["audit", "features", "registry"])
def test_the_plan_refuses_to_switch_off_what_is_deployed_as_protected(section: str, tmp_path: Path) -> None:
    config = with_changes(load_environment("dev"), {f"{section}.enabled": False})
    output = synthesize([config], tmp_path)["dev"].document["output"]["configuration"]
    (refused,) = (one for one in output["precondition"] if f"{section}.enabled" in one["error_message"])
    deployed, is_off = refused["condition"].removeprefix("${").removesuffix("}").split(" || ")
    assert deployed.startswith("!try(")
    assert deployed.endswith(f".outputs.configuration.{section}.protected, false)")
    assert is_off.startswith("try(")
    assert is_off.endswith(f".outputs.configuration.{section}.enabled, true) == false")
