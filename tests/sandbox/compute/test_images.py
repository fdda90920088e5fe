"""Jobs in images of the environment, and their cost tags."""

from pathlib import Path

import boto3
import pytest

import terrarium
from terrarium.compute.errors import PlacementError

pytest_plugins = ["tests.support.sdk_environment", "tests.support.training_project"]
pytestmark = pytest.mark.usefixtures("project")


def test_a_job_has_its_image_and_the_log_states_that_no_container_runs(
    lab: terrarium.Lab, project: Path
) -> None:
    (project / "record.py").write_text(
        "from terrarium.capture.environment import capture_environment\n"
        "print(capture_environment().image_name)\n"
    )
    job = lab.compute.submit(["python", "record.py"], image="pytorch")
    job.result()
    notice, name = job.logs()
    assert notice.startswith("terrarium sandbox:")
    assert "training:pytorch-1 is not pulled" in notice
    assert name == "pytorch"


def test_the_base_image_is_called_base(lab: terrarium.Lab) -> None:
    job = lab.compute.submit(["python", "show.py", "TERRARIUM_IMAGE"])
    job.result()
    assert list(job.logs()) == ["TERRARIUM_IMAGE=base"]


def test_an_image_that_is_not_there_is_refused_before_anything_is_sent(lab: terrarium.Lab) -> None:
    with pytest.raises(PlacementError, match="no image 'tensorflow'; available: base, pytorch"):
        lab.compute.submit(["true"], image="tensorflow")
    assert lab.compute.jobs(name="true") == []


def test_on_this_machine_every_image_is_this_interpreter() -> None:
    job = terrarium.LocalCompute(vcpus=1).submit(["python", "show.py", "TERRARIUM_IMAGE"], image="pytorch")
    job.result()
    assert list(job.logs()) == ["TERRARIUM_IMAGE=None"]


def test_cost_tags_of_a_job_are_environment_use_case_and_run(lab: terrarium.Lab) -> None:
    with lab.experiment("costs: by use case & run").run() as run:
        job = lab.compute.submit(["python", "greet.py"], tags={"team": "churn"})
        of_another_run = lab.compute.submit(["python", "greet.py"], run="abc")
    described = boto3.client("batch").describe_jobs(jobs=[job.id, of_another_run.id])["jobs"]
    tags = {found["jobId"]: found["tags"] for found in described}
    assert tags[job.id] == {
        "environment": lab.environment,
        "use-case": "costs: by use case - run",
        "run": run.id,
        "team": "churn",
    }
    assert tags[of_another_run.id] == {"environment": lab.environment, "run": "abc"}
    assert all(found["propagateTags"] for found in described)
