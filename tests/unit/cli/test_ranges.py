"""Options refuse numbers out of range before anything is connected to, and name the range."""

import pytest
from click.testing import CliRunner

from terrarium.cli import root
from terrarium.features.errors import FeatureNotFoundError


@pytest.mark.parametrize(
    "words",
    [
        ["runs", "list", "--limit", "-1"],
        ["runs", "list", "--limit", "0"],
        ["runs", "list", "--limit", "99999999999"],
        ["jobs", "list", "--limit", "-1"],
        ["datasets", "versions", "telco.customers", "--limit", "-1"],
        ["gc", "dev", "--retention", "99999999999"],
        ["gc", "dev", "--retention", "-5"],
        ["datasets", "expire", "telco.customers", "--older-than", "99999999999"],
        ["datasets", "expire", "telco.customers", "--older-than", "-5"],
        ["features", "skew", "usage:minutes", "--sample", "0"],
        ["reproduce", "5c35", "--tolerance", "nan"],
        ["reproduce", "5c35", "--tolerance", "-1"],
        ["tunnel", "dev", "--port", "70000"],
        ["ui", "dev", "--port", "-1"],
    ],
    ids=" ".join,
)
def test_a_number_out_of_range_is_refused(words: list[str]) -> None:
    done = CliRunner().invoke(root.command, words, env={"TERRARIUM_ENVIRONMENT": "dev"})
    assert done.exit_code == 2
    assert f"Invalid value for '{words[-2]}'" in done.stderr


@pytest.mark.parametrize("view", ["usage@y", "usage@", "usage@-1", "usage@99999999999999999999", "Usage", ""])
def test_what_names_no_view_is_refused(view: str) -> None:
    done = CliRunner().invoke(root.command, ["features", "show", view, "--environment", "dev"])
    assert isinstance(done.exception, FeatureNotFoundError)
    assert "view@version" in done.exception.remedy
