"""Packages import their names when they are used, and have all of them."""

import importlib
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "package", ["terrarium", "terrarium.models", "terrarium.pipelines", "terrarium.record"]
)
def test_every_public_name_is_found_where_it_is_said_to_be(package: str) -> None:
    late = importlib.import_module(package)
    assert set(late._HOMES) <= set(late.__all__)
    for name in late.__all__:
        assert getattr(late, name) is not None
        assert getattr(late, name) is getattr(late, name)


def test_a_name_that_is_none_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"'terrarium\.record' has no attribute 'Nothing'"):
        importlib.import_module("terrarium.record").Nothing  # noqa: B018 - to read it is the test


def test_a_pipeline_is_written_without_importing_the_whole_record() -> None:
    program = "import sys, terrarium.pipelines.pipeline; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "terrarium.record.use_case" in modules
    assert "terrarium.record.run_record" not in modules
