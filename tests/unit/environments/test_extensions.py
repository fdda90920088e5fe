"""Extensions in an environment's file."""

from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment

_EXTENSION = """
[[extensions]]
name = "{name}"
construct = "{construct}"
config = {{ text = "{text}" }}
"""


def problems(folder: Path, *extensions: str) -> tuple[str, ...]:
    base = (Path(__file__).parents[2] / "environments" / "dev.toml").read_text()
    (folder / "dev.toml").write_text("\n".join([base, *extensions]))
    with pytest.raises(InvalidEnvironmentError) as raised:
        load_environment("dev", folder)
    return raised.value.problems


def extension(name: str = "own", construct: str = "acme.own:Own", text: str = "plain") -> str:
    return _EXTENSION.format(name=name, construct=construct, text=text)


def test_a_name_is_used_once(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, extension(), extension())
    assert problem.endswith("must name every extension once, not own twice")


def test_names_are_no_beginnings_of_each_other(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, extension("own"), extension("own-events"))
    assert "must not name one extension 'own' and another 'own-events'" in problem


@pytest.mark.parametrize("construct", ["acme.own", "acme/own:Own", "acme.own:Own.Inner", "acme.:Own"])
def test_a_construct_is_a_module_and_a_class(tmp_path: Path, construct: str) -> None:
    (problem,) = problems(tmp_path, extension(construct=construct))
    assert problem.startswith(f"extensions.0.construct: given '{construct}', allowed: text that matches")


@pytest.mark.parametrize("text", ["${aws_vpc.x.id}", "%{ if true }"])
def test_texts_contain_no_templates_of_terraform(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, extension(text=text))
    assert "which Terraform would evaluate: text has them" in problem


def test_loading_a_file_imports_no_construct(tmp_path: Path) -> None:
    """Commands that create no stack load files, too, and need no bindings of the provider."""
    base = (Path(__file__).parents[2] / "environments" / "dev.toml").read_text()
    (tmp_path / "dev.toml").write_text(base + extension(construct="nowhere.at_all:Own"))
    assert load_environment("dev", tmp_path).extensions[0].construct == "nowhere.at_all:Own"
