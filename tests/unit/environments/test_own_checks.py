"""Checks of `make test-environments`: what they find, and that each problem states what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import Environment, load_environment
from policies.stack import Stack
from tests.own_environments.checks import undeclared_types, undeployed, unowned, without_entrance

_WORKFLOWS = Path(__file__).parents[3] / ".github" / "workflows"


def environment(name: str, **sections: dict[str, Any]) -> Environment:
    document = load_environment("staging").model_dump(mode="json")
    for section, fields in sections.items():
        document[section] |= fields
    return Environment.model_validate(document | {"name": name})


def test_an_environment_that_workflows_deploy_needs_a_principal_of_ci() -> None:
    closed = {"github_repository": None}
    (problem,) = without_entrance([environment("live", access=closed)])
    assert "Set access.github_repository" in problem
    assert without_entrance([environment("live", access=closed, delivery={"deploys_on": "manual"})]) == []
    ci = closed | {"ci_principals": ["arn:aws:iam::111111111111:role/gitlab"]}
    assert without_entrance([environment("live", access=ci)]) == []


def test_an_environment_needs_the_job_of_its_stage() -> None:
    workflows = {
        name: yaml.safe_load((_WORKFLOWS / f"{name}.yml").read_text()) for name in ("main", "release")
    }
    environments = [environment("one"), environment("two", delivery={"after": "one"})]
    assert undeployed(environments, workflows) == []
    del workflows["release"]["jobs"]["second"]
    (problem,) = undeployed(environments, workflows)
    assert problem.startswith("two.toml: no job of .github/workflows/release.yml deploys stage 2")


@pytest.mark.parametrize(
    "owners",
    [
        "* @acme/platform",
        "/environments/ @acme/platform",
        "/environments @acme/platform",
        "environments/*.toml @someone",
        "*.toml owner@acme.example  # comment",
        "* @globex/team\n/environments/live.toml @Acme/platform",
    ],
)
def test_an_owner_of_the_file_in_its_organization_is_enough(owners: str) -> None:
    live = environment("live", access={"github_repository": "acme/terrarium"})
    assert unowned([live], folder="environments", owners=owners) == []


@pytest.mark.parametrize(
    ("owners", "found"),
    [
        ("* @globex/platform", "@globex/platform"),
        ("/modules/ @acme/platform", "none"),
        ("* @acme/platform\n/environments/", "none"),
        ("* @acme/platform\n/environments/live.toml @globex/team", "@globex/team"),
    ],
)
def test_a_file_without_an_owner_in_its_organization_is_found(owners: str, found: str) -> None:
    live = environment("live", access={"github_repository": "acme/terrarium"})
    (problem,) = unowned([live], folder="environments", owners=owners)
    assert f"are {found}:" in problem
    assert "/environments/ @acme/<team>" in problem


def test_an_extension_describes_a_type_that_the_kit_does_not_know() -> None:
    resource = {"//": {"metadata": {"path": "dev/extension-own/elephant"}}}
    described = {
        "cloudformation": "AWS::Zoo::Elephant",
        "sandbox": "recorded",
        "only_aws_proves": "its memory",
    }
    document = {"resource": {"aws_elephant": {"x": resource}}}
    (problem,) = undeclared_types([Stack("dev", "disposable", document)])
    assert problem.startswith("dev.toml: extension-own/elephant is a aws_elephant")
    declared = {"//": {"extensions": {"own": {"types": {"aws_elephant": described}}}}}
    assert undeclared_types([Stack("dev", "disposable", document | declared)]) == []
