"""Stages in which workflows deploy environments."""

from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment, load_environments
from environments.delivery_stages import delivery_stages

_FILE = """
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
"""


def write(folder: Path, **deliveries: str) -> None:
    for name, fields in deliveries.items():
        (folder / f"{name}.toml").write_text(f"{_FILE}[delivery]\n{fields}\n")


def test_environments_that_wait_for_none_are_deployed_at_once(tmp_path: Path) -> None:
    write(tmp_path, one='deploys_on = "main"', two='deploys_on = "main"', other='deploys_on = "release"')
    assert delivery_stages(load_environments(tmp_path), "main") == (("one", "two"),)


def test_an_environment_is_deployed_in_the_stage_after_the_one_that_it_waits_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        first='deploys_on = "release"',
        second='deploys_on = "release"\nafter = "first"',
        third='deploys_on = "release"\nafter = "second"',
        another='deploys_on = "release"\nafter = "first"',
    )
    stages = delivery_stages(load_environments(tmp_path), "release")
    assert stages == (("first",), ("another", "second"), ("third",))


def test_without_the_section_an_environment_is_deployed_on_request_only(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(_FILE)
    environments = load_environments(tmp_path)
    assert [delivery_stages(environments, start) for start in ("main", "release")] == [(), ()]


@pytest.mark.parametrize(
    ("deliveries", "allowed"),
    [
        pytest.param(
            {"live": 'deploys_on = "release"\nafter = "stagin"', "staging": 'deploys_on = "release"'},
            'another environment with deploys_on = "release" (staging)',
            id="unknown",
        ),
        pytest.param(
            {"live": 'deploys_on = "release"\nafter = "dev"', "dev": 'deploys_on = "main"'},
            "there is none: remove the field",
            id="deployed by another start",
        ),
        pytest.param({"live": 'deploys_on = "release"\nafter = "live"'}, "there is none", id="itself"),
        pytest.param(
            {"a": 'deploys_on = "main"\nafter = "b"', "b": 'deploys_on = "main"\nafter = "a"'},
            "no environment that waits for this one (a -> b -> a)",
            id="cycle",
        ),
        pytest.param(
            {
                "a": 'deploys_on = "main"\nafter = "b"',
                "b": 'deploys_on = "main"\nafter = "c"',
                "c": 'deploys_on = "main"\nafter = "d"',
                "d": 'deploys_on = "main"',
            },
            "at most 3 environments in a row (a -> b -> c -> d)",
            id="too many stages",
        ),
    ],
)
def test_refuses_an_order_that_workflows_cannot_follow(
    deliveries: dict[str, str], allowed: str, tmp_path: Path
) -> None:
    write(tmp_path, **deliveries)
    with pytest.raises(InvalidEnvironmentError) as raised:
        load_environments(tmp_path)
    (problem,) = raised.value.problems
    assert problem.startswith("delivery.after: given ")
    assert allowed in problem


def test_environments_that_are_deployed_on_request_have_no_order(tmp_path: Path) -> None:
    write(tmp_path, live='after = "staging"')
    with pytest.raises(InvalidEnvironmentError, match=r"delivery\.after = \"staging\" needs"):
        load_environment("live", tmp_path)
