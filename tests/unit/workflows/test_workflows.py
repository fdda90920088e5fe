"""The workflows: pinned, without stored keys, no more permitted than they need, made of commands that tests run."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import load_environments
from environments.delivery_stages import STAGES
from modules.delivery.token_subjects import DRIFT_ENVIRONMENT

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, *sorted((ROOT / ".github" / "actions").glob("*/action.yml"))]

# Every command of a step, and what runs it on any machine: `.ci/run`, or a test that holds these words.
COMMANDS = {
    "make setup": "Makefile",  # a prerequisite of `make test`, which is what .ci/run is
    "make lint": "Makefile",
    "make test": ".ci/run",
    "make coverage": "tests/unit/workflows/test_coverage.py",
    "python -m tests.coverage_table": "tests/unit/workflows/test_coverage.py",
    "make policy-tools": "tests/conftest.py",
    "make policy": "tests/policies/test_verdict.py",
    "terrarium policy": "tests/sandbox/deployed/test_policy_of_first_plan.py",
    "terrarium plan": "tests/sandbox/deployed/test_drift.py",
    "terrarium drift": "tests/sandbox/deployed/test_drift.py",
    "terrarium images push": "tests/sandbox/operations/test_images_command.py",
    "terrarium sdk publish": "tests/sandbox/operations/test_sdk_publish.py",
    "make wheels": "tests/unit/operations/test_wheels.py",
    "python -m operations.release_tag": "tests/unit/operations/test_release_tag.py",
    "python -m operations.changelog": "tests/unit/operations/test_changelog.py",
    "gh release edit": "tests/unit/workflows/test_workflows.py",
    "gh release upload": "tests/unit/workflows/test_workflows.py",
    "terrarium sdk build": "tests/sandbox/operations/test_sdk_publish.py",
    "terrarium images show": "tests/sandbox/operations/test_images_command.py",
    "make delivery": "tests/security/test_delivery.py",
    "python -m operations.handover pack": "tests/security/test_delivery.py",
    "python -m operations.handover unpack": "tests/security/test_delivery.py",
    "python -m operations.delivery_stages": "tests/unit/workflows/test_workflows.py",
    "python -m stacks": "tests/sandbox/deployed/test_drift.py",
    "${TERRAFORM_BINARY_NAME:-terraform}": "tests/sandbox/deployed/test_drift.py",
    "terrarium migrate": "tests/sandbox/operations/test_migrate.py",
    "terrarium verify": "tests/sandbox/deployed/test_verify.py",
    "terrarium models promote": "tests/sandbox/deployed/test_iam_promotion.py",
    "terrarium pipelines publish": "tests/sandbox/deployed/test_pipelines.py",
    "python -m operations.delivery_role": "tests/unit/workflows/test_workflows.py",
    "printf": "tests/unit/workflows/test_workflows.py",
}


def read(file: Path) -> dict[str, Any]:
    document = yaml.safe_load(file.read_text())
    assert isinstance(document, dict)
    return document


def steps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in document.get("jobs", {"": document.get("runs")}).values():
        yield from job.get("steps", [])


def uses(file: Path) -> list[str]:
    return re.findall(r"uses: (\S+)", file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_commit_or_our_own(file: Path) -> None:
    loose = [
        action
        for action in uses(file)
        if not action.startswith("./") and not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)
    ]
    assert loose == []


def test_an_action_is_pinned_to_one_commit_everywhere() -> None:
    pinned = {action for file in FILES for action in uses(file) if "@" in action}
    names = Counter(action.partition("@")[0] for action in pinned)
    # GitHub Enterprise Server has another version of the artifacts: actions/upload-artifact #537.
    assert {name for name, count in names.items() if count > 1} == {
        "actions/download-artifact",
        "actions/upload-artifact",
    }


@pytest.mark.parametrize("name", ["hand-over", "receive"])
def test_artifacts_have_a_step_for_each_kind_of_github_server(name: str) -> None:
    action = read(ROOT / f".github/actions/{name}/action.yml")
    conditions = [step["if"] for step in action["runs"]["steps"] if "-artifact@" in step.get("uses", "")]
    assert conditions == [
        "${{ github.server_url == 'https://github.com' || endsWith(github.server_url, '.ghe.com') }}",
        "${{ github.server_url != 'https://github.com' && !endsWith(github.server_url, '.ghe.com') }}",
    ]
    direct = [file.name for file in WORKFLOWS if "-artifact@" in file.read_text()]
    assert direct == []


@pytest.mark.parametrize(
    ("workflow", "action"), [("check", "upload-sarif"), ("deploy", "attest-build-provenance")]
)
def test_a_private_repository_needs_neither_code_scanning_nor_attestations(
    workflow: str, action: str
) -> None:
    jobs = read(ROOT / f".github/workflows/{workflow}.yml")["jobs"].values()
    conditions = [
        f"{job.get('if', '')} {step.get('if', '')}"
        for job in jobs
        for step in job.get("steps", [])
        if action in step.get("uses", "")
    ]
    assert conditions
    assert all("github.event.repository.visibility == 'public'" in condition for condition in conditions)


def test_no_step_of_a_deployment_outlives_its_session() -> None:
    steps_of = read(ROOT / ".github/workflows/deploy.yml")["jobs"]["deploy"]["steps"]
    sessions = [index for index, step in enumerate(steps_of) if "configure-aws" in step.get("uses", "")]
    assert {steps_of[index]["with"]["role-duration-seconds"] for index in sessions} == {7200}
    (applying,) = (index for index, step in enumerate(steps_of) if " apply " in step.get("run", ""))
    assert applying - 1 in sessions, "Terraform begins with a new session"
    assert applying + 1 in sessions, "and so do the steps after it"
    assert steps_of[applying]["timeout-minutes"] * 60 < 7200, "Terraform has minutes left to write its state"


def test_the_drift_workflow_compares_every_environment_daily_with_the_role_that_reads() -> None:
    document: dict[Any, Any] = read(ROOT / ".github/workflows/drift.yml")
    assert set(document[True]) == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads `on` as true
    job = document["jobs"]["drift"]
    assert job["strategy"]["matrix"]["environment"] == "${{ fromJSON(needs.build.outputs.environments) }}"
    assert job["environment"] == DRIFT_ENVIRONMENT
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert runs[0] == 'python -m operations.delivery_role "$ENVIRONMENT" plan >> "$GITHUB_OUTPUT"'
    assert runs[1].startswith('terrarium drift "$ENVIRONMENT" --since-deployment')


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_workflow_reads_a_secret_or_a_stored_key(file: Path) -> None:
    assert not re.search(r"secrets[.\[]|secrets: inherit|aws-access-key-id|aws-secret", file.read_text())


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_permissions_are_read_only_and_only_jobs_that_enter_aws_or_publish_get_a_token(file: Path) -> None:
    document = read(file)
    assert document["permissions"] == {"contents": "read"}
    for job in document["jobs"].values():
        enters = any("configure-aws-credentials" in step.get("uses", "") for step in job.get("steps", []))
        publishes = any("gh-action-pypi-publish" in step.get("uses", "") for step in job.get("steps", []))
        calls = job.get("uses") in {"./.github/workflows/deploy.yml", "./.github/workflows/plan.yml"}
        assert (job.get("permissions", {}).get("id-token") == "write") is (enters or publishes or calls)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_step_pastes_an_expression_into_a_shell(file: Path) -> None:
    assert [step["run"] for step in steps(read(file)) if "${{" in step.get("run", "")] == []


def test_every_command_of_a_step_is_run_by_a_test_or_by_ci() -> None:
    runs = [step["run"] for file in FILES for step in steps(read(file)) if "run" in step]
    unproven = [run for run in runs if not any(run.startswith(command) for command in COMMANDS)]
    assert unproven == []
    for command, place in COMMANDS.items():
        assert any(run.startswith(command) for run in runs), f"{command!r} is in no workflow any more"
        program = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", command.split()[-1])  # the default of a variable
        assert program in (ROOT / place).read_text(), f"{place} does not run {command!r}"


def test_pull_requests_plan_every_environment_that_has_a_file() -> None:
    plan = read(ROOT / ".github/workflows/pull-request.yml")["jobs"]["plan"]
    assert plan["strategy"]["matrix"] == {"environment": "${{ fromJSON(needs.build.outputs.environments) }}"}


@pytest.mark.parametrize("start", ["main", "release"])
def test_environments_are_deployed_in_the_stages_that_their_files_choose(start: str) -> None:
    jobs = read(ROOT / f".github/workflows/{start}.yml")["jobs"]
    deploying = {
        name: job for name, job in jobs.items() if job.get("uses") == "./.github/workflows/deploy.yml"
    }
    assert list(deploying) == ["first", "second", "third"]
    assert len(deploying) == STAGES
    before = "check"
    for index, (name, job) in enumerate(deploying.items()):
        names = f"fromJSON(needs.build.outputs.{start})[{index}]"
        assert set(job["needs"]) == {before, "build"}
        assert job["if"] == f"${{{{ {names} != null }}}}", "an empty matrix fails; success() is implied"
        assert job["strategy"] == {"fail-fast": False, "matrix": {"environment": f"${{{{ {names} }}}}"}}
        assert job["with"]["environment"] == "${{ matrix.environment }}"
        before = name


def test_the_build_reads_the_stages_from_the_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "operations.delivery_stages"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        'environments=["dev", "prod", "staging", "test"]',
        'main=[["dev", "test"]]',
        'release=[["staging"], ["prod"]]',
    ]
    outputs = read(ROOT / ".github/workflows/build.yml")["jobs"]["build"]["outputs"]
    printed = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert printed == {name for name, value in outputs.items() if "steps.environments.outputs" in value}


@pytest.mark.parametrize("name", ["deliver", "promote"])
def test_every_environment_can_be_deployed_and_promoted_to_on_request_behind_its_approval(name: str) -> None:
    document: dict[Any, Any] = read(ROOT / f".github/workflows/{name}.yml")
    inputs = document[True]["workflow_dispatch"]["inputs"]  # YAML 1.1 reads `on` as true
    assert inputs["environment"]["type"] == "environment"
    job = document["jobs"]["deploy" if name == "deliver" else "promote"]
    given = job["with"]["environment"] if name == "deliver" else job["environment"]
    assert given == "${{ inputs.environment }}"


def test_no_workflow_names_an_environment() -> None:
    """So that an environment is added, renamed and removed by its file."""
    text = " ".join(file.read_text() for file in FILES)
    names = [config.name for config in load_environments() if config.name != "test"]  # `make test`
    assert [name for name in names if re.search(rf"\b{name}\b", text)] == []


def test_the_guide_restricts_every_environment_to_the_triggers_of_its_workflows(tmp_path: Path) -> None:
    """The trust policies cannot: the subject of a token names the environment and no branch."""
    guide = (ROOT / "docs" / "guides" / "delivery.md").read_text()
    section = guide.partition("### Branches and tags")[2].partition("\n## ")[0]
    (everywhere,) = re.findall(r"for environment in (.+); do\n.*\n.*\n.*name=main -f type=branch", section)
    (tagged,) = re.findall(r"for environment in (.+); do\n.*name='v\*' -f type=tag", section)
    (tmp_path / "environments").symlink_to(ROOT / "tests" / "environments")

    def listed(expression: str) -> set[str]:
        command = ["bash", "-c", f"echo {expression}"]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return set(done.stdout.split())

    assert listed(everywhere) == {DRIFT_ENVIRONMENT, *(config.name for config in load_environments())}
    assert listed(tagged) == {
        config.name for config in load_environments() if config.delivery.deploys_on == "release"
    }
    # YAML reads the key `on` as a truth value.
    started = {
        file.stem: {str(key): value for key, value in read(file).items()}["True"] for file in WORKFLOWS
    }
    assert started["main"] == {"push": {"branches": ["main"]}}
    assert set(started["release"]) == {"release"}, "GitHub runs these for a tag"


def test_a_release_with_another_tag_than_its_version_is_not_built() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs["tag"]["steps"][-1]["run"] == 'python -m operations.release_tag "$TAG"'
    assert (jobs["check"]["needs"], jobs["build"]["needs"]) == ("tag", "tag")


def test_a_release_publishes_its_wheels_to_the_configured_index() -> None:
    """The same files that the first stage was verified with: built once, without a token, and handed over by digest."""
    building = [step.get("run", "") for step in steps(read(ROOT / ".github/workflows/build.yml"))]
    assert "make wheels" in building
    assert any("operations.handover pack" in run and " build/dist " in run for run in building)
    job = read(ROOT / ".github/workflows/release.yml")["jobs"]["index"]
    assert job["needs"] == ["check", "build", "first"]
    assert job["if"] == "${{ !failure() && !cancelled() && vars.PACKAGE_INDEX_URL != '' }}"
    assert job["environment"] == "package-index"
    publication = job["steps"][-1]
    assert publication["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert publication["with"]["packages-dir"] == "build/dist"
    assert publication["with"]["repository-url"] == "${{ vars.PACKAGE_INDEX_URL }}"
    assert not {"user", "password"} & set(publication["with"]), "trusted publishing needs no stored token"


def test_a_release_has_the_notes_of_the_changelog_and_the_verified_wheels() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    job = jobs["notes"]
    assert job["needs"] == ["check", "build", "first"]
    assert job["if"] == "${{ !failure() && !cancelled() }}"
    assert job["permissions"] == {"contents": "write"}
    assert [step["run"] for step in job["steps"] if "run" in step] == [
        'python -m operations.changelog "$TAG" > build/notes.md',
        'gh release edit "$TAG" --notes-file build/notes.md',
        'gh release upload "$TAG" build/dist/*.whl --clobber',
    ]
    writing = {name for name, job in jobs.items() if job.get("permissions", {}).get("contents") == "write"}
    assert writing == {"notes"}


@pytest.mark.parametrize("name", ["deploy", "plan"])
def test_the_plan_is_checked_before_the_deployment(name: str) -> None:
    jobs = read(ROOT / f".github/workflows/{name}.yml")["jobs"]
    planning = [step.get("run", "") for step in jobs["plan"]["steps"]]
    assert any(run.startswith('terrarium plan "$ENVIRONMENT" --synthesized') for run in planning)
    assert jobs["judge"]["uses"] == "./.github/workflows/judge.yml"
    assert jobs["judge"]["needs"] == "plan"
    assert jobs["judge"]["with"]["digest"] == "${{ needs.plan.outputs.digest }}"
    judging = [step.get("run", "") for step in steps(read(ROOT / ".github/workflows/judge.yml"))]
    assert judging[-1].startswith("terrarium policy --plan")
    if name == "deploy":
        assert jobs["deploy"]["needs"] == ["plan", "judge"], "without `if`, both must have succeeded"
        assert "if" not in jobs["deploy"]


def test_the_checked_plan_is_the_one_that_is_deployed() -> None:
    jobs = read(ROOT / ".github/workflows/deploy.yml")["jobs"]
    steps_of = jobs["deploy"]["steps"]
    (verifying,) = (
        index for index, step in enumerate(steps_of) if step.get("uses") == "./.github/actions/receive"
    )
    assert steps_of[verifying]["with"]["archive"] == "build/plan.tar"
    assert steps_of[verifying]["with"]["digest"] == jobs["judge"]["with"]["digest"]
    runs = [step.get("run", "") for step in steps_of]
    (applying,) = (run for run in runs if " apply " in run)
    assert applying.endswith(" plan")
    assert verifying < runs.index(applying)


def test_a_release_runs_its_own_code() -> None:
    """The image is there before definitions name it, and before the migration runs in it."""
    document = read(ROOT / ".github/workflows/deploy.yml")
    runs = [step.get("run", "") for step in document["jobs"]["deploy"]["steps"]]
    order = [re.sub(r" -chdir=\S+", "", run) for run in runs if run]
    first = next(index for index, run in enumerate(order) if run.startswith("terrarium images push"))
    expected = (
        "terrarium images push",
        "${TERRAFORM_BINARY_NAME:-terraform} init",
        "${TERRAFORM_BINARY_NAME:-terraform} apply",
        "terrarium images push",
        "terrarium sdk publish",
        "terrarium migrate",
        "terrarium pipelines publish",
        "terrarium drift",
        "terrarium verify",
        "terrarium images show",
    )
    assert len(order[first:]) == len(expected)
    assert all(run.startswith(command) for run, command in zip(order[first:], expected, strict=True))


def test_workflows_assume_the_roles_of_the_stacks() -> None:
    outputs = subprocess.run(
        [sys.executable, "-m", "operations.delivery_role", "dev", "plan"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert outputs.splitlines() == [
        "role=arn:aws:iam::111111111111:role/terrarium-dev-ci-plan",
        "region=eu-central-1",
    ]


def test_refuses_an_unknown_environment() -> None:
    command = [sys.executable, "-m", "operations.delivery_role", "nowhere", "plan"]
    refused = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "nowhere" in refused.stderr


def test_ci_tests_every_version_that_is_promised() -> None:
    rows = read(ROOT / ".github/workflows/check.yml")["jobs"]["compatibility"]["strategy"]["matrix"][
        "include"
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = {name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name}
    assert {row["python"] for row in rows} == promised
    assert {row["node"] for row in rows} == {"22", "24"}
    assert {row["terraform"] for row in rows} == {"1.10.5", "latest"}


def test_the_checks_before_a_commit_are_those_of_make_lint_with_the_pinned_tools() -> None:
    document = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [source["repo"] for source in document["repos"]] == ["local"], "nothing is downloaded"
    entries = {hook["entry"].replace(" --force-exclude", "") for hook in document["repos"][0]["hooks"]}
    recipe = re.findall(r"^lint:.*\n((?:\t.*\n)*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[0]
    linting = {line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe.splitlines()}
    assert entries == linting


def test_changes_of_what_is_deployed_and_of_who_may_deploy_need_a_review_of_an_owner() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
    owners = {
        fields[0]: fields[1:] for line in lines if not line.startswith("#") and (fields := line.split())
    }
    for path in ("*", "/.github/", "/environments/", "/modules/", "/policies/", "/requirements/", "/stacks/"):
        assert owners.get(path), f"{path} has no owner"


def test_updates_are_configured_for_every_source_of_dependencies() -> None:
    updates = read(ROOT / ".github/dependabot.yml")["updates"]
    configured = {update["package-ecosystem"] for update in updates}
    assert configured == {"pip", "npm", "github-actions", "docker"}
    for update in updates:
        assert update["cooldown"]["default-days"] >= 7
        for folder in update.get("directories", [update.get("directory")]):
            assert list(ROOT.glob(f"{folder.strip('/') or '.'}/*")), f"{folder} does not exist"
