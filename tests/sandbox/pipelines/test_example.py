"""The whole pipeline of the example: scheduled and manual executions, and its model in the registry."""

import datetime
from pathlib import Path

import boto3
import pytest

from examples.breast_cancer.pipeline import PIPELINE
from terrarium.lab import Lab
from terrarium.manifest import PlatformManifest
from terrarium_sandbox.process.running import RunningSandbox
from tests.support.deployed_pipeline import deploy
from tests.support.provisioning.environment import Account
from tests.support.state_machines import role_of, until

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.slow  # the same as deployed with dev, in `test_pipelines_deployed.py`, is not

_CHECKOUT = Path(__file__).parents[3]
_DEFINED = "examples.breast_cancer.pipeline:PIPELINE"


@pytest.fixture(scope="module")
def deployed() -> dict[str, Lab]:
    """Return a mapping in which the first test that deploys keeps the lab."""
    return {}


@pytest.fixture
def lab(
    account: Account,  # noqa: ARG001 - who we are
    provisioned: PlatformManifest,
    deployed: dict[str, Lab],
) -> Lab:
    """The environment with the pipeline, deployed and published once."""
    if not deployed:
        deployed["lab"] = deploy(provisioned, PIPELINE)
        deployed["lab"].pipelines.publish(_DEFINED, folder=_CHECKOUT)
    return deployed["lab"]


def test_a_scheduled_execution_that_is_stopped_resumes_and_registers_a_model(
    lab: Lab, running: RunningSandbox
) -> None:
    assert PIPELINE.schedule
    boto3.client("scheduler").create_schedule(
        Name=PIPELINE.name,
        ScheduleExpression=PIPELINE.schedule,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": lab.manifest.pipelines.state_machine_arn(PIPELINE.name),
            "RoleArn": role_of("scheduler", "breast-cancer-starter"),
            "Input": '{"trigger": {"kind": "schedule", "time": "<aws.scheduler.scheduled-time>"}}',
        },
    )
    week = datetime.timedelta(days=7).total_seconds()
    running.ask("PUT", "clock", {"advance_seconds": week})
    boto3.client("scheduler").delete_schedule(Name=PIPELINE.name)
    execution = lab.pipelines.executions(PIPELINE.name)[0]
    until(lambda: lab.pipelines.status(execution)["validate"].job)
    lab.pipelines.stop(execution, reason="killed in the middle")
    killed = lab.pipelines.status(execution)
    assert (killed["ingest"].status, killed["train"].status) == ("SUCCEEDED", "WAITING")

    ended = lab.pipelines.wait(lab.pipelines.resume(execution))
    states = lab.pipelines.status(ended)
    assert (ended.status, ended.resumed) == ("SUCCEEDED", 1), states
    assert {state.status for state in states.values()} == {"SUCCEEDED"}
    assert states["ingest"] == killed["ingest"]
    assert states["validate"].attempts == 2

    (version,) = lab.models.versions("breast-cancer")
    runs = lab.experiments.runs(
        PIPELINE.experiment, where=f"tags['terrarium.pipeline.execution'] == '{execution.name}'", limit=50
    )
    by_step = {run.tags["terrarium.pipeline.step"]: run for run in runs if run.status == "FINISHED"}
    assert version.run in {by_step["train/0"].id, by_step["train/1"].id}
    assert by_step[""].tags["terrarium.pipeline.trigger"] == "schedule"


def test_a_failed_gate_stops_the_pipeline_with_its_reason(lab: Lab) -> None:
    """Started by hand, with a bar that nothing clears: nothing is submitted."""
    execution = lab.pipelines.wait(lab.pipelines.start(PIPELINE.name, minimum_roc_auc=1.1))
    states = lab.pipelines.status(execution)
    assert execution.status == "FAILED"
    assert (states["gate"].status, states["submit"].status) == ("FAILED", "WAITING"), states
    assert "below 1.1" in (states["gate"].reason or "")
