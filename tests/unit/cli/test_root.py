"""Commands of other distributions are found by their entry points."""

import subprocess
import sys
from importlib.metadata import EntryPoints

import click
import pytest
from click.testing import CliRunner

from terrarium.cli import root
from terrarium.errors import Error


def test_each_command_has_one_home() -> None:
    assert root._COMMANDS.keys() & root._CHECKOUT_COMMANDS.keys() == set()


def test_finds_the_command_of_the_sandbox() -> None:
    found = root.command.get_command(click.Context(root.command), "sandbox")
    assert isinstance(found, click.Group)
    assert "up" in found.commands


def test_names_the_distribution_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "_entry_points", lambda _name=None: EntryPoints())
    assert "sandbox" in CliRunner().invoke(root.command, ["--help"]).output
    with pytest.raises(Error, match="terrarium-sandbox, which is not installed") as refused:
        root.command.main(["sandbox", "up", "--port", "0"], standalone_mode=False)
    assert "`terrarium describe <environment>` prints" in refused.value.remedy


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from terrarium.cli.root import command; "
        "assert not CliRunner().invoke(command, ['--help']).exception; "
        "print(sorted({'mlflow', 'moto', 'pyarrow', 'polars', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
