"""Executions of a deployed pipeline: jobs, status, reasons of failures, resumption."""

import json
import textwrap
from pathlib import Path

import pytest

from terrarium.lab import Lab
from terrarium.manifest import PlatformManifest
from terrarium.pipelines import compilation
from terrarium.pipelines.errors import (
    ExecutionNotFoundError,
    ExecutionNotResumableError,
    PipelineInvalidError,
    PipelineNotDeployedError,
    PipelineNotPublishedError,
)
from terrarium.pipelines.pipeline_loader import load_pipeline
from tests.support.deployed_pipeline import commit, deploy, redeploy
from tests.support.provisioning.environment import Account
from tests.support.state_machines import ended, until

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.slow  # `test_pipelines_deployed.py` runs a pipeline whole for `make test`

_CODE = """
    import os, signal, sys
    import terrarium

    def draw(context):
        if context.parameters["spoilt"] == "draw":
            os.kill(os.getpid(), signal.SIGKILL)
        (context.folder / "drawn.txt").write_text(str(context.parameters["first"]))
        sys.exit(0)  # as scripts end

    def square(context):
        if context.value == context.parameters["spoilt"]:
            raise ValueError("not this one")
        drawn = int(context.file("draw", "drawn.txt").read_text())
        context.run.log_metrics({"square": (drawn + context.value) ** 2})
        return {"square": (drawn + context.value) ** 2}

    def total(context):
        total = sum(outputs["square"] for outputs in context.outputs("square"))
        if total < context.parameters["least"]:
            context.refuse(f"{total} is too little")
        return {"total": total, "total/all": total}

    def celebrate(context):
        return {"cheers": context.outputs("total")["total"]}

    def mourn(context):
        return None

    SMALL = terrarium.Pipeline(
        "small", use_case="small", steps=[terrarium.Step(name="mourn", run="numbers_pipeline:mourn")]
    )
    PIPELINE = terrarium.Pipeline(
        "numbers",
        use_case="numbers",
        parameters={"first": 1, "least": 0, "spoilt": ""},
        steps=[
            terrarium.Step(name="draw", run="numbers_pipeline:draw"),
            terrarium.Step(name="square", run="numbers_pipeline:square", after=("draw",), over=(1, 2)),
            terrarium.Step(name="total", run="numbers_pipeline:total", after=("square",), retries=3),
            terrarium.Step(
                name="celebrate",
                run="numbers_pipeline:celebrate",
                after=("total",),
                when=terrarium.Output("total", "total/all") >= 10,
            ),
            terrarium.Step(
                name="mourn",
                run="numbers_pipeline:mourn",
                after=("total",),
                when=terrarium.Output("total", "total/all") < 10,
            ),
        ],
    )
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the pipeline in it."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "numbers_pipeline.py").write_text(textwrap.dedent(_CODE))
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def deployed() -> dict[str, Lab]:
    """Return a mapping in which the first test that deploys keeps the lab."""
    return {}


@pytest.fixture
def lab(
    account: Account,  # noqa: ARG001 - who we are
    provisioned: PlatformManifest,
    code: Path,
    deployed: dict[str, Lab],
) -> Lab:
    """The environment with the pipeline, deployed and published once."""
    if not deployed:
        deployed["lab"] = deploy(provisioned, load_pipeline("numbers_pipeline:PIPELINE", folder=code))
        with pytest.raises(PipelineNotPublishedError, match="terrarium pipelines publish"):
            deployed["lab"].pipelines.start("numbers")
        machine = deployed["lab"].manifest.pipelines.state_machine_arn("numbers")
        states = deployed["lab"].session.client("stepfunctions")
        early = states.start_execution(stateMachineArn=machine, name="early")  # as its schedule would
        assert ended(early["executionArn"])["status"] == "FAILED"
        deployed["lab"].pipelines.publish("numbers_pipeline:PIPELINE", folder=code)
    return deployed["lab"]


def test_a_pipeline_runs_every_step_as_a_job_and_a_run(lab: Lab) -> None:
    execution = lab.pipelines.wait(lab.pipelines.start("numbers", first=2))
    states = lab.pipelines.status(execution)
    assert execution.status == "SUCCEEDED", states
    assert {name: state.status for name, state in states.items()} == {
        "draw": "SUCCEEDED",
        "square": "SUCCEEDED",
        "total": "SUCCEEDED",
        "celebrate": "SUCCEEDED",
        "mourn": "SKIPPED",
    }
    jobs = [state.job for state in states.values() if state.job]
    assert {lab.compute.job(job).state().status for job in jobs} == {"SUCCEEDED"}

    runs = lab.experiments.runs(
        "numbers", where=f"tags['terrarium.pipeline.execution'] == '{execution.name}'", limit=10
    )
    by_step = {run.tags["terrarium.pipeline.step"]: run for run in runs}
    assert set(by_step) == {"", "draw", "square/0", "square/1", "total", "celebrate"}
    whole = by_step.pop("")
    assert whole.status == "FINISHED"
    assert whole.params["first"] == "2"
    assert {run.tags["mlflow.parentRunId"] for run in by_step.values()} == {whole.id}
    assert by_step["square/1"].metrics["square"] == 16
    outputs = lab.artifacts.latest(f"pipelines/numbers/executions/{execution.name}/celebrate/outputs.json")
    assert json.loads(lab.artifacts.get_bytes(outputs)) == {"cheers": 25}


def test_a_step_that_refuses_is_not_retried_and_an_execution_resumes_from_it(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three retries were allowed, and none made; what had succeeded is not done again."""
    execution = lab.pipelines.wait(lab.pipelines.start("numbers", least=100))
    states = lab.pipelines.status(execution)
    assert execution.status == "FAILED"
    assert (states["total"].status, states["celebrate"].status) == ("FAILED", "WAITING")
    assert "step total refuses to continue: 13 is too little" in (states["total"].reason or "")
    assert states["total"].job
    assert lab.compute.job(states["total"].job).state().attempts == 1
    assert any("13 is too little" in line for line in lab.pipelines.logs(execution, "total"))

    resumed = lab.pipelines.wait(lab.pipelines.resume(execution))
    again = lab.pipelines.status(resumed)
    assert (resumed.status, resumed.resumed) == ("FAILED", 1)
    assert again["total"].attempts == 2
    assert (again["draw"], again["square"]) == (states["draw"], states["square"])
    (whole,) = lab.experiments.runs(
        "numbers",
        where=f"tags['terrarium.pipeline.execution'] == '{execution.name}' and tags['terrarium.pipeline.step'] == ''",
        limit=10,
    )
    assert whole.status == "FAILED"
    assert capsys.readouterr().out == ""


def test_status_gives_the_reason_of_a_killed_step_and_of_a_failed_array(lab: Lab) -> None:
    executions = {spoilt: lab.pipelines.start("numbers", spoilt=spoilt) for spoilt in ("draw", 2)}
    told = {
        spoilt: lab.pipelines.status(lab.pipelines.wait(execution))
        for spoilt, execution in executions.items()
    }
    assert "by SIGKILL" in (told["draw"]["draw"].reason or ""), told
    assert (
        told[2]["square"].reason == "1 of 2 jobs failed, first the one of index 1: ValueError: not this one"
    )


def test_published_code_stays_with_the_definition_it_was_published_for(lab: Lab, code: Path) -> None:
    """And the same code published again is the same snapshot."""
    first = lab.pipelines.publish("numbers_pipeline:PIPELINE", folder=code)
    assert lab.pipelines.publish("numbers_pipeline:PIPELINE", folder=code) == first
    assert first.definition in (lab.session.client("stepfunctions").describe_state_machine(
        stateMachineArn=lab.manifest.pipelines.state_machine_arn("numbers")
    )["definition"])  # fmt: skip


def test_an_execution_without_published_code_gives_the_reason_and_resumes_after_publication(lab: Lab) -> None:
    early = lab.pipelines.execution("numbers", "early")
    state = lab.pipelines.status(early)["draw"]
    assert state.status == "FAILED"
    assert "terrarium pipelines publish --all -e sdk" in (state.reason or "")
    assert lab.pipelines.wait(lab.pipelines.resume(early)).status == "SUCCEEDED"
    assert lab.pipelines.status(early)["draw"].reason is None


def test_a_definition_with_new_state_names_needs_its_code_published_again(
    account: Account,  # noqa: ARG001 - who we are
    provisioned: PlatformManifest,
    code: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after an upgrade of Terrarium: the earlier definition runs until the new one is deployed and published."""
    defined = "numbers_pipeline:SMALL"
    pipeline = load_pipeline(defined, folder=code)
    with monkeypatch.context() as earlier:
        earlier.setattr(compilation, "LOAD_CODE", "Load published code")
        earlier.setattr(compilation, "SET_DEFAULTS", "Begin")
        lab = deploy(provisioned, pipeline)
        first = lab.pipelines.publish(defined, folder=code)
    assert lab.pipelines.wait(lab.pipelines.start("small")).status == "SUCCEEDED"
    with pytest.raises(PipelineInvalidError, match="no parameter second"):
        lab.pipelines.start("small", second=2)

    redeploy(lab, pipeline)
    with pytest.raises(PipelineNotPublishedError, match="terrarium pipelines publish"):
        lab.pipelines.start("small")
    assert lab.pipelines.publish(defined, folder=code).definition != first.definition
    assert lab.pipelines.wait(lab.pipelines.start("small")).status == "SUCCEEDED"


def test_refuses_unknown_pipelines_parameters_and_executions(lab: Lab) -> None:
    with pytest.raises(PipelineNotDeployedError, match="its pipelines: numbers"):
        lab.pipelines.start("letters")
    with pytest.raises(PipelineInvalidError, match="no parameter second"):
        lab.pipelines.start("numbers", second=2)
    with pytest.raises(ExecutionNotFoundError, match="never-was"):
        lab.pipelines.execution("numbers", "never-was")
    done = next(one for one in lab.pipelines.executions("numbers") if one.status == "SUCCEEDED")
    with pytest.raises(ExecutionNotResumableError, match="SUCCEEDED"):
        lab.pipelines.resume(done)


def test_an_execution_is_stopped_with_its_job_and_its_runs_end(lab: Lab) -> None:
    execution = lab.pipelines.start("numbers")
    job = until(lambda: lab.pipelines.status(execution)["draw"].job)
    stopped = lab.pipelines.stop(execution, reason="no longer wanted")
    assert stopped.status == "ABORTED"
    until(lambda: lab.compute.job(job).state().finished)
    runs = lab.experiments.runs(
        "numbers", where=f"tags['terrarium.pipeline.execution'] == '{execution.name}'", limit=10
    )
    assert "RUNNING" not in {run.status for run in runs}


def test_a_local_run_in_an_environment_is_tracked(lab: Lab, code: Path) -> None:
    run = load_pipeline("numbers_pipeline:PIPELINE", folder=code).run_local(lab, first=3)
    assert run.outputs["total"] == {"total": 41, "total/all": 41}
    (found,) = [one for one in lab.experiments.runs("numbers", limit=100) if one.id == run.run]
    assert (found.status, found.params["first"]) == ("FINISHED", "3")


def test_the_command_line_prints_the_same(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from terrarium.cli import pipelines as commands

    monkeypatch.setattr(commands, "connect", lambda _: lab)
    listed = CliRunner().invoke(commands.pipelines, ["list", "-e", "sdk"])
    assert "numbers" in listed.output
    done = next(
        one
        for one in lab.pipelines.executions("numbers")
        if one.status == "FAILED" and lab.pipelines.status(one)["total"].status == "FAILED"
    )
    told = CliRunner().invoke(commands.pipelines, ["status", "numbers", done.name, "-e", "sdk"])
    assert "total refuses to continue" in told.output, told.output
