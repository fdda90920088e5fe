"""A job that Batch would refuse is refused before anything is sent."""

from pathlib import Path
from typing import Any

import pytest

from terrarium.compute.errors import JobRequestError
from terrarium.compute.local.compute import LocalCompute
from terrarium.compute.request import name_of
from terrarium.compute.resources import Resources


def submit(**asked: Any) -> Any:
    return LocalCompute().submit(**{"command": ["true"], "code": None, **asked})


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"command": "python x.py"}, r"must be a list of words, such as \['python', 'x\.py'\]"),
        ({"command": ["sleep", 3]}, "3 is not text: write '3'"),
        ({"tags": {f"t{n}": "x" for n in range(60)}}, "takes 47 tags .* not 60"),
        ({"tags": {"aws:x": "y"}}, "'aws:x' is no key"),
        ({"tags": {"team": "R&D"}}, "tag 'team': 'R&D' has a character other than"),
        ({"tags": {"": "y"}}, "'' is no key"),
        ({"tags": {"x": "y" * 300}}, "the value of 'x' has 300 characters"),
        ({"depends_on": [None] * 21}, "depends on 21 jobs; Batch allows 20"),
    ],
)
def test_refuses_invalid_requests(asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(JobRequestError, match=complaint):
        submit(**asked)


@pytest.mark.parametrize("wrong", [{"vcpus": 0}, {"memory": 1}, {"gpus": -1}, {"nodes": 0}, {"cpus": 2}])
def test_refuses_resources_that_no_machine_has(wrong: dict[str, int]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(JobRequestError, match=f"no machine has such resources: {name} is {value}"):
        Resources(**wrong)


def test_accepts_paths_in_a_command(tmp_path: Path) -> None:
    made = tmp_path / "made"
    submit(command=[Path("/usr/bin/touch"), made]).result()
    assert made.exists()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["python", "-m", "flights.ddp", "--fast"], "flights-ddp"),
        (["python3.12", "-u", "-m", "flights.trial"], "flights-trial"),
        (["python", "tools/train.py"], "train"),
        (["./run.sh"], "run"),
        ([], "job"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_names_a_job_after_its_module(command: list[str], name: str) -> None:
    assert name_of(command) == name
