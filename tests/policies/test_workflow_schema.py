"""Workflows and other files of GitHub and GitLab against their schemas and actionlint."""

import os
import subprocess
from pathlib import Path

import pytest

from environments import load_environments
from operations.gitlab_pipeline import gitlab_pipeline

_ROOT = Path(__file__).parents[2]
_TOOLS = _ROOT / ".venv-policy" / "bin"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tools")]


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # In an empty environment: the tools see no credentials.
    return subprocess.run(
        [str(_TOOLS / tool), *arguments],
        env={"PATH": os.defpath},
        check=False,
        capture_output=True,
        text=True,
    )


def actionlint(*files: Path) -> subprocess.CompletedProcess[str]:
    # Without shellcheck and pyflakes, which are not on every machine.
    return run("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", *(str(file) for file in files))


def test_actionlint_accepts_the_workflows() -> None:
    done = actionlint(*sorted((_ROOT / ".github" / "workflows").glob("*.yml")))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("steps.role.outputs.role", "steps.roles.outputs.role", 'property "roles" is not defined'),
        ("inputs.environment", "inputs.enviroment", 'property "enviroment" is not defined'),
        ("runs-on: ubuntu-24.04", "runs-on: ubuntu-24.40", 'label "ubuntu-24.40" is unknown'),
    ],
)
def test_actionlint_finds_errors_that_the_schema_does_not(
    right: str, wrong: str, complaint: str, tmp_path: Path
) -> None:
    mistaken = tmp_path / "deploy.yml"
    text = (_ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    mistaken.write_text(text.replace(right, wrong))
    done = actionlint(mistaken)
    assert done.returncode == 1
    assert complaint in done.stdout


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-workflows", "workflows/*.yml"),
        ("github-actions", "actions/*/action.yml"),
        ("dependabot", "dependabot.yml"),
        ("github-issue-config", "ISSUE_TEMPLATE/config.yml"),
        ("github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
    ],
)
def test_githubs_schema_accepts(schema: str, pattern: str) -> None:
    files = [str(file) for file in sorted((_ROOT / ".github").glob(pattern))]
    assert files
    done = run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("start", ["plan", "drift", "main", "release"])
def test_gitlabs_schema_accepts_the_pipeline_and_the_generated_ones(start: str, tmp_path: Path) -> None:
    generated = tmp_path / "pipeline.yml"
    generated.write_text(gitlab_pipeline(start, load_environments()))
    files = [*sorted((_ROOT / "delivery" / "gitlab").glob("[.a-z]*.yml")), generated]
    assert len(files) == 3
    transform = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    done = run("check-jsonschema", *transform, *(str(file) for file in files))
    assert done.returncode == 0, done.stdout
