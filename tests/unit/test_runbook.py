"""Following a runbook: which lines are commands, and what counts as failed."""

import os
from pathlib import Path

import pytest

from tests.support.runbook import Runbook


def follow(folder: Path, *blocks: str, **values: str) -> str:
    page = folder / "task.md"
    page.write_text("\n".join(f"Text.\n\n```console\n{block}\n```\n" for block in blocks), encoding="utf-8")
    return Runbook(page).follow(os.environ, checkout=folder, values=values)


def test_all_blocks_run_in_one_shell(tmp_path: Path) -> None:
    assert follow(tmp_path, "$ NAME=ada", "$ echo $NAME") == "ada\n"


def test_commands_continue_after_a_backslash_and_in_lines_with_the_second_prompt(tmp_path: Path) -> None:
    assert follow(tmp_path, "$ echo a \\\n>   b\n$ cat <<END\n> c\n> END") == "a b\nc\n"


def test_placeholders_are_replaced_in_commands_and_outputs(tmp_path: Path) -> None:
    assert follow(tmp_path, "$ echo <environment>\n<environment>", environment="dev") == "dev\n"


def test_a_placeholder_without_a_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no value for <environment>"):
        follow(tmp_path, "$ echo <environment>")


def test_the_first_failure_ends_it_with_its_line_and_output(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"task.md:5: ls missing\nexit code 2\n.*missing"):
        follow(tmp_path, "$ true\n$ ls missing\n$ touch late")
    assert not (tmp_path / "late").exists()


def test_an_ellipsis_stands_for_any_text(tmp_path: Path) -> None:
    assert follow(tmp_path, "$ printf 'a 1\\nb   2\\n'\n… a …\nb 2")


def test_an_output_that_differs_from_the_example_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="expected: b\nprinted: a"):
        follow(tmp_path, "$ echo a\nb")
