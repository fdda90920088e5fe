"""CI jobs with AWS access or write access to GitHub run no script of a package, and use files of other jobs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from policies.installs import install_commands, is_offline, is_verified

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEMPLATES = sorted((ROOT / "src/terrarium/init/templates").rglob("*.yml.template"))

Job: TypeAlias = dict[str, Any]

# Of GitHub, AWS, HashiCorp and PyPA; tests/unit/workflows checks that they are pinned.
_ACTIONS = {
    "actions/attest-build-provenance",
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-python",
    "actions/upload-artifact",
    "aws-actions/configure-aws-credentials",
    "github/codeql-action/upload-sarif",
    "hashicorp/setup-terraform",
    "pypa/gh-action-pypi-publish",
}
# Programs that come from a package registry, and bring more from there.
_FROM_REGISTRIES = re.compile(r"\b(npm|npx|yarn|pnpm|cdktf|uvx|pipx|conda)\b")


def _jobs(file: Path) -> dict[str, Job]:
    jobs: dict[str, Job] = yaml.safe_load(file.read_text())["jobs"]
    return jobs


def _that_may_write() -> Iterator[tuple[str, Job]]:
    for file in WORKFLOWS:
        for name, job in _jobs(file).items():
            if "write" in job.get("permissions", {}).values() and "steps" in job:
                yield f"{file.stem}/{name}", job


def _steps(job: Job) -> Iterator[dict[str, Any]]:
    """The steps of a job, those of the repository's own actions included."""
    for step in job["steps"]:
        action = step.get("uses", "")
        if action.startswith("./"):
            yield from _steps(yaml.safe_load((ROOT / action / "action.yml").read_text())["runs"])
        else:
            yield step


def _problems(job: Job) -> Iterator[str]:
    for step in _steps(job):
        action, command = step.get("uses", "").partition("@")[0], step.get("run", "")
        if action and action not in _ACTIONS:
            yield f"uses {action}"
        if _FROM_REGISTRIES.search(command):
            yield command
        for target in re.findall(r"\bmake ([\w-]+)", command):
            yield from _problems_of_target(target)
        yield from (one for one in install_commands(command) if not (is_offline(one) and is_verified(one)))


def _problems_of_target(target: str) -> Iterator[str]:
    """Yield the prerequisites of a target, and the installs of its recipe that do not use local wheels."""
    makefile = (ROOT / "Makefile").read_text()
    (found,) = re.findall(rf"^{target}:([^#\n]*)(?:##[^\n]*)?\n((?:\t[^\n]*\n)*)", makefile, re.MULTILINE)
    needs, recipe = found
    if needs.strip():
        yield f"make {target} needs {needs.strip()}"
    for command in install_commands(recipe):
        if not (is_offline(command) and is_verified(command) and "--only-binary :all:" in command):
            yield command


@pytest.mark.parametrize("job", [pytest.param(job, id=name) for name, job in _that_may_write()])
def test_a_job_that_may_write_runs_no_script_of_a_package(job: Job) -> None:
    assert list(_problems(job)) == []


@pytest.mark.parametrize(
    "step",
    [
        {"uses": "./.github/actions/setup"},
        {"uses": "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020"},
        {"run": "make setup"},
        {"run": "make policy-tools"},
        {"run": "npm ci"},
        {"run": "cdktf deploy dev"},
        {"run": "pip install --require-hashes -r requirements/development.txt"},
        {"run": "pip install --no-index terrarium-ml"},
    ],
    ids=lambda step: next(iter(step.values())),
)
def test_a_step_that_brings_code_is_found(step: dict[str, str]) -> None:
    assert list(_problems({"steps": [step]}))


def test_jobs_with_a_token_verify_the_digest_of_the_builder() -> None:
    for name, job in _that_may_write():
        if "id-token" not in job["permissions"]:
            continue
        steps = list(_steps(job))
        downloads = [
            step
            for step in steps
            if "actions/download-artifact" in step.get("uses", "")
            and "github.server_url !=" not in step["if"]  # the same for GitHub Enterprise Server
        ]
        verified = [step for step in steps if "operations.handover unpack" in step.get("run", "")]
        assert downloads, name
        assert len(downloads) == len(verified), name
        delivered = [step for step in job["steps"] if step.get("uses") == "./.github/actions/deliver"]
        assert [step["with"]["digest"] for step in delivered] in (
            ["${{ inputs.digest }}"],
            ["${{ needs.build.outputs.digest }}"],
        )


def test_building_jobs_have_only_read_permissions() -> None:
    for name in ("build", "check", "judge"):
        job = _jobs(ROOT / f".github/workflows/{name}.yml")[name]
        assert "permissions" not in job, (
            "it has those of the workflow, which are asserted in tests/unit/workflows"
        )
        assert any(step.get("uses") == "./.github/actions/setup" for step in job["steps"])


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_projects_begin_with_workflows_that_have_no_token(file: Path) -> None:
    assert "id-token" not in file.read_text()


def test_released_wheels_and_images_have_provenance() -> None:
    job = _jobs(ROOT / ".github/workflows/deploy.yml")["deploy"]
    assert job["permissions"]["attestations"] == "write"
    attested = [
        step["with"] for step in job["steps"] if "actions/attest-build-provenance" in step.get("uses", "")
    ]
    assert attested == [
        {
            "subject-name": "${{ steps.image.outputs.name }}",
            "subject-digest": "${{ steps.image.outputs.digest }}",
        },
        {"subject-path": "build/sdk/releases/*/*.whl"},
    ]
