"""The section `tags` of an environment's file: tags that a company prescribes."""

from pathlib import Path

import pytest

from environments import Environment, InvalidEnvironmentError, load_environment
from tests.unit.environments.test_load import GOOD

KIT = {
    "environment": "dev",
    "use-case": "shared",
    "owner": "ml-platform",
    "cost-center": "research",
    "managed-by": "terrarium",
}


def loaded(folder: Path, tags: str) -> Environment:
    (folder / "dev.toml").write_text(f"{GOOD}\n[tags]\n{tags}\n")
    return load_environment("dev", folder)


def test_resources_have_the_tags_of_the_kit_and_of_the_company(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'CostCentre = "4711"\n"acme:data-class" = "restricted 2"')
    assert config.resource_tags == {**KIT, "CostCentre": "4711", "acme:data-class": "restricted 2"}


def test_a_key_that_differs_in_case_only_replaces_that_of_the_kit(tmp_path: Path) -> None:
    """IAM refuses a role with both."""
    tags = loaded(tmp_path, 'Owner = "Ada"').resource_tags
    assert "owner" not in tags
    assert tags["Owner"] == "Ada"


@pytest.mark.parametrize(
    ("tags", "problem"),
    [
        ('Division = "R&D"', "IAM, ECS, SageMaker, CloudWatch Logs and Systems Manager refuse '&'"),
        ('"a;b" = "1"', "refuse ';'"),
        ('Division = ""', "EventBridge Scheduler and CloudTrail refuse"),
        (f'Division = "{"x" * 257}"', "the value of 'Division' has 257 characters; AWS allows 256"),
        (f'{"k" * 129} = "1"', "a key has 1 to 128 characters, not 129"),
        ('Division = " 1"', "must not begin or end with white space"),
        ('"AWS:x" = "1"', "begins with a prefix that AWS, RDS or the kit reserves"),
        ('"terrarium.pipeline" = "x"', "begins with a prefix that AWS, RDS or the kit reserves"),
        ('Environment = "production"', "its value is the name of the environment, and it restricts roles"),
        ('owner = "ada"', "set the field owner"),
        ('Name = "x"', "with another value for each resource or job"),
        ('Team = "a"\nteam = "b"', "Team and team differ in case only: IAM refuses them"),
        ("\n".join(f'k{n} = "1"' for n in range(21)), "at most 20 items"),
        ("\n".join(f'k{n} = "{"x" * 200}"' for n in range(8)), "more than 1,500 characters together"),
    ],
)
def test_refuses_tags_that_a_service_would_refuse(tmp_path: Path, tags: str, problem: str) -> None:
    with pytest.raises(InvalidEnvironmentError) as raised:
        loaded(tmp_path, tags)
    assert problem in str(raised.value)
