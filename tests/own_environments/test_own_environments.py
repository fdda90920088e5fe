"""The files in `environments/`, whatever their names: `make test-environments`. A failure states what to do."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import Environment, environment_names, load_environment, load_environments
from environments.shared_accounts import check_shared_accounts
from policies.catalogue import own_findings
from policies.stack import Stack, read_stack
from policies.waivers import reconcile
from stacks.app import synthesize
from terrarium.errors import Error
from tests.conftest import OWN_ENVIRONMENTS
from tests.own_environments.checks import undeclared_types, undeployed, unowned, without_entrance

_ROOT = Path(__file__).parents[2]
_NAMES = environment_names(OWN_ENVIRONMENTS)
_HERE = (
    f"{OWN_ENVIRONMENTS.relative_to(_ROOT) if OWN_ENVIRONMENTS.is_relative_to(_ROOT) else OWN_ENVIRONMENTS}"
)


def fail(problems: Iterable[str]) -> None:
    """Fail with these problems, without a traceback: they are about files, not about tests."""
    if found := list(problems):
        pytest.fail("\n".join([f"In {_HERE}:", *found]), pytrace=False)


def refusal(function: Callable[..., object], *arguments: object) -> list[str]:
    """Return the message of the error that `function` raises; empty if it raises none."""
    try:
        function(*arguments)
    except Error as error:
        return [str(error)]
    return []


@pytest.fixture(scope="module")
def environments() -> tuple[Environment, ...]:
    """The environments, if their files are valid."""
    if refusal(load_environments, OWN_ENVIRONMENTS):
        pytest.skip("the files are invalid, see the tests of them")
    return load_environments(OWN_ENVIRONMENTS)


@pytest.fixture(scope="module")
def synthesized(
    environments: tuple[Environment, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Stack, ...] | Error:
    """Their stacks, or why they cannot be synthesized."""
    folder = tmp_path_factory.mktemp("own")
    try:
        synthesize(environments, outdir=folder)
    except Error as error:
        return error
    return tuple(
        read_stack(folder / "stacks" / config.name / "cdk.tf.json", tier=config.tier)
        for config in environments
    )


@pytest.mark.parametrize("name", _NAMES)
def test_the_file_is_valid(name: str) -> None:
    fail(refusal(load_environment, name, OWN_ENVIRONMENTS))


def test_there_is_a_file_and_each_is_deployed_after_one_that_exists() -> None:
    if any(refusal(load_environment, name, OWN_ENVIRONMENTS) for name in _NAMES):
        pytest.skip("a file is invalid, see the test of it")
    fail(refusal(load_environments, OWN_ENVIRONMENTS))


def test_environments_in_one_account_do_not_collide(environments: tuple[Environment, ...]) -> None:
    fail(refusal(check_shared_accounts, environments))


def test_the_stacks_can_be_synthesized(synthesized: tuple[Stack, ...] | Error) -> None:
    if isinstance(synthesized, Error):
        fail([str(synthesized)])


def test_the_stacks_pass_the_policies_of_the_kit(synthesized: tuple[Stack, ...] | Error) -> None:
    """`make policy` checks also AWS' rules, checkov's and cloudsplaining's."""
    if isinstance(synthesized, Error):
        pytest.skip("the stacks cannot be synthesized, see the test of it")
    findings = [finding for stack in synthesized for finding in own_findings(stack)]
    verdict = reconcile(findings, synthesized, today=date.today())
    fail(
        f"{finding.environment}.toml: {finding.path}: {finding.problem} ({finding.check}). {finding.remedy}"
        for finding in verdict.open
        if finding.check != "waiver-unused"  # it may excuse a finding of another tool
    )


def test_extensions_describe_the_types_that_only_they_use(synthesized: tuple[Stack, ...] | Error) -> None:
    if isinstance(synthesized, Error):
        pytest.skip("the stacks cannot be synthesized, see the test of it")
    fail(undeclared_types(synthesized))


def test_workflows_deploy_every_environment(environments: tuple[Environment, ...]) -> None:
    folder = _ROOT / ".github" / "workflows"
    workflows: dict[str, Any] = {file.stem: yaml.safe_load(file.read_text()) for file in folder.glob("*.yml")}
    if not {"main", "release"} <= workflows.keys():
        pytest.skip("this repository has no main.yml or release.yml: another CI system deploys it")
    fail([*without_entrance(environments), *undeployed(environments, workflows)])


def test_a_change_of_every_environment_needs_a_review_of_an_owner(
    environments: tuple[Environment, ...],
) -> None:
    file = _ROOT / ".github" / "CODEOWNERS"
    if not file.exists() or not OWN_ENVIRONMENTS.is_relative_to(_ROOT):
        pytest.skip("GitHub does not host this repository, or the files are in another one")
    fail(unowned(environments, folder=_HERE, owners=file.read_text()))
