"""The example's pipeline as `cdktf deploy` deploys it: by its schedule and by hand, its model in the registry."""

import os
from pathlib import Path

import boto3
import pytest

import terrarium
from terrarium.lab import Lab
from tests.sandbox.deployment import Deployment
from tests.sandbox.local_sandbox import LocalSandbox
from tests.sandbox.state_machines import until

_PIPELINE = "breast-cancer"


@pytest.fixture
def lab(dev: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lab:
    """Environment `dev`, as its administrator."""
    for name in os.environ.keys() - dev.shell.keys():
        monkeypatch.delenv(name)
    for name, value in dev.shell.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return terrarium.connect("dev")


def test_its_schedule_starts_it_and_killed_in_the_middle_it_goes_on_to_a_model_in_the_registry(
    lab: Lab, dev: Deployment, sandbox: LocalSandbox
) -> None:
    dev.terrarium("pipelines", "publish", "examples.breast_cancer.pipeline:PIPELINE", "-e", "dev")
    sandbox.command("clock", "--advance", "7d")
    execution = lab.pipelines.executions(_PIPELINE)[0]
    until(lambda: lab.pipelines.status(execution)["split"].job)
    lab.pipelines.stop(execution, reason="killed in the middle")
    killed = lab.pipelines.status(execution)
    assert (killed["ingest"].status, killed["train"].status) == ("SUCCEEDED", "WAITING")

    ended = lab.pipelines.wait(lab.pipelines.resume(execution), seconds=1800)
    states = lab.pipelines.status(ended)
    assert (ended.status, ended.resumed) == ("SUCCEEDED", 1), states
    assert {state.status for state in states.values()} == {"SUCCEEDED"}
    assert (states["ingest"], states["validate"]) == (killed["ingest"], killed["validate"])
    assert states["split"].attempts == 2
    jobs = [state.job for state in states.values() if state.job]
    assert len(jobs) == len(states)
    assert {lab.compute.job(job).state().status for job in jobs} == {"SUCCEEDED"}

    (version,) = lab.models.versions(_PIPELINE)
    runs = lab.experiments.runs(
        _PIPELINE, where=f"tags.`terrarium.pipeline.execution` = '{execution.name}'", limit=50
    )
    by_step = {run.tags["terrarium.pipeline.step"]: run for run in runs if run.status == "FINISHED"}
    assert version.run in {by_step["train/0"].id, by_step["train/1"].id}
    assert by_step[""].tags["terrarium.pipeline.trigger"] == "schedule"


def test_a_gate_that_fails_stops_it_with_the_reason(lab: Lab) -> None:
    """Started by hand, with a bar that nothing clears: no other version is submitted."""
    before = lab.models.versions(_PIPELINE) if _PIPELINE in lab.models.names() else []
    lab.pipelines.publish("examples.breast_cancer.pipeline:PIPELINE", folder=Path(__file__).parents[2])
    execution = lab.pipelines.wait(lab.pipelines.start(_PIPELINE, minimum_roc_auc=1.1), seconds=1800)
    states = lab.pipelines.status(execution)
    assert execution.status == "FAILED"
    assert (states["gate"].status, states["submit"].status) == ("FAILED", "WAITING"), states
    assert "below 1.1" in (states["gate"].reason or "")
    assert (lab.models.versions(_PIPELINE) if before else before) == before
