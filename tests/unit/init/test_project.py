"""`terrarium init`: the content of a project, which works without changes."""

import os
import py_compile
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from terrarium.cli.init import init
from terrarium.init import Project
from terrarium.init.errors import FolderOccupiedError, UseCaseNameError
from terrarium.warehouse.errors import DatasetNameError

_CHECKOUT = Path(__file__).parents[3]
_ASSETS = {
    "a readme": "README.md",
    "a package that can be installed": "pyproject.toml",
    "a use case checklist": "docs/use_case_checklist.md",
    "the use case": "churn/use_case.py",
    "a data requirement": "churn/data_requirement.py",
    "a data schema": "churn/schema.py",
    "query scripts": "churn/queries/profile.sql",
    "a notebook": "notebooks/exploration.ipynb",
    "data validation": "churn/validation.py",
    "data transformation": "churn/transformation.py",
    "model creation": "churn/model.py",
    "training": "churn/training.py",
    "evaluation": "churn/evaluation.py",
    "the pipeline": "churn/pipeline.py",
    "its tests": "tests/test_pipeline.py",
    "CI": ".github/workflows/check.yml",
}


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(_CHECKOUT / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_project_passes_its_own_tests_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere"
    done = CliRunner().invoke(init, ["churn-prediction", "--folder", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    tested = run(folder, "pytest", "-q", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "skipped" not in tested.stdout


@pytest.mark.parametrize("asset", _ASSETS)
def test_contains_every_asset_of_a_use_case(tmp_path: Path, asset: str) -> None:
    made = Project.of("churn").write(tmp_path / "churn")
    assert (tmp_path / "churn" / _ASSETS[asset]) in made


@pytest.mark.parametrize("name", ["x", "churn-prediction", "of-the-longest-names-that-anyone-can-giv"])
def test_passes_the_checks_of_its_own_ci(tmp_path: Path, name: str) -> None:
    made = Project.of(name, dataset="telco.customers").write(tmp_path / name)
    for arguments in (("check",), ("format", "--check")):
        linted = run(tmp_path / name, "ruff", *arguments, "--no-cache", ".")
        assert linted.returncode == 0, linted.stdout + linted.stderr
    for file in made:
        text = file.read_text(encoding="utf-8")
        assert "%%" not in text
        if file.suffix == ".py":
            py_compile.compile(str(file), cfile=str(tmp_path / "compiled"), doraise=True)


def test_the_dataset_is_the_one_that_was_named(tmp_path: Path) -> None:
    Project.of("churn", dataset="telco.customers").write(tmp_path)
    assert 'DATASET = "telco.customers"' in (tmp_path / "churn" / "use_case.py").read_text()
    assert "FROM telco__customers" in (tmp_path / "churn" / "queries" / "profile.sql").read_text()


@pytest.mark.parametrize("name", ["", "Churn", "1st", "a_b", "class", "tests", "../up", "a--b", "a" * 41])
def test_refuses_names_that_cannot_be_a_package(name: str) -> None:
    with pytest.raises(UseCaseNameError):
        Project.of(name)


def test_refuses_invalid_names_of_datasets() -> None:
    with pytest.raises(DatasetNameError):
        Project.of("churn", dataset="Telco Customers")


def test_overwrites_no_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(FolderOccupiedError):
        Project.of("churn").write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_accepts_an_empty_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert Project.of("churn").write(tmp_path)


def test_the_workflow_uses_the_actions_of_this_repository(tmp_path: Path) -> None:
    """Pinned by commit, and as fresh as our own."""
    Project.of("churn").write(tmp_path)
    pinned = re.compile(r"uses: (\S+@[0-9a-f]{40}) # v[\d.]+")
    used = pinned.findall((tmp_path / ".github" / "workflows" / "check.yml").read_text())
    folder = _CHECKOUT / ".github"
    ours = {action for file in folder.rglob("*.yml") for action in pinned.findall(file.read_text())}
    assert used
    assert set(used) <= ours


def test_the_wheel_carries_the_templates(tmp_path: Path) -> None:
    built = run(_CHECKOUT, "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    templates = _CHECKOUT / "src" / "terrarium" / "init" / "templates"
    for template in templates.rglob("*.template"):
        assert template.relative_to(_CHECKOUT / "src").as_posix() in carried
