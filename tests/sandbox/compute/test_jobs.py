"""`lab.compute` and the local executor: their common contract, and features of the platform only."""

from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import boto3
import pytest

import terrarium
from terrarium.compute.errors import (
    CodeNotShippableError,
    DeadlineError,
    JobFailedError,
    JobNotFoundError,
    JobRequestError,
    JobStillRunningError,
    PlacementError,
)
from terrarium.compute.service import Compute
from terrarium.manifest import PlatformManifest
from terrarium_sandbox.process.running import RunningSandbox
from tests.support.batch_jobs import BatchJobs, eventually

pytest_plugins = ["tests.support.sdk_environment", "tests.support.training_project"]
pytestmark = pytest.mark.usefixtures("project")

Executor: TypeAlias = Compute | terrarium.LocalCompute


@pytest.fixture(params=["batch", "local"])
def compute(request: pytest.FixtureRequest, lab: terrarium.Lab) -> Executor:
    """The environment's pools, or this machine, whatever it has."""
    if request.param == "batch":
        return lab.compute
    return terrarium.LocalCompute(environment=lab.environment, vcpus=4)


def test_a_job_runs_the_code_as_it_is_now(compute: Executor, project: Path) -> None:
    (project / "greeting.py").write_text("WORDS = 'good night'\n")
    (project / "new.py").write_text("import greet\n")
    (project / "data").mkdir()
    (project / "data" / "huge.bin").write_text("ignored")
    job = compute.submit(["python", "new.py", "moon"])
    state = job.result()
    assert (state.status, state.exit_code, state.attempts) == ("SUCCEEDED", 0, 1)
    assert state.name == "new"
    assert list(job.logs()) == ["good night moon"]
    assert state.created is not None
    assert state.started is not None
    assert state.stopped is not None
    assert state.created <= state.started <= state.stopped


def test_a_job_works_in_the_folder_it_was_submitted_from(compute: Executor, project: Path) -> None:
    job = compute.submit(["python", "where.py"], code=project / "deep")
    job.result()
    assert list(job.logs()) == ["deep good day"]


def test_a_failed_job_has_a_reason_and_a_remedy(compute: Executor) -> None:
    job = compute.submit(["python", "fail.py"], name="doomed")
    with pytest.raises(JobFailedError, match=r"job 'doomed' .* ended with code 3") as caught:
        job.result()
    assert "logs" in caught.value.remedy
    assert job.exit_code == 3
    assert list(job.logs()) == ["about to fail"]


def test_a_program_that_is_not_there_is_said_in_the_log(compute: Executor) -> None:
    job = compute.submit(["no-such-program"])
    assert job.wait().exit_code == 127
    assert list(job.logs()) == ["terrarium: no-such-program cannot be started: No such file or directory"]


def test_logs_can_be_followed_to_the_end(compute: Executor) -> None:
    lines = compute.submit(["python", "greet.py", "all"]).logs(follow=True)
    assert list(lines) == ["good day all"]


def test_a_job_knows_its_lab_and_its_run(compute: Executor, lab: terrarium.Lab) -> None:
    names = ["TERRARIUM_ENVIRONMENT", "TERRARIUM_RUN", "COLOUR"]
    job = compute.submit(["python", "show.py", *names], run="abc", variables={"COLOUR": "green"})
    job.result()
    assert list(job.logs()) == [f"TERRARIUM_ENVIRONMENT={lab.environment} TERRARIUM_RUN=abc COLOUR=green"]


def test_connect_without_an_argument_leads_to_the_jobs_lab(compute: Executor, project: Path) -> None:
    (project / "connect.py").write_text("import terrarium\nprint(terrarium.connect().environment)\n")
    job = compute.submit(["python", "connect.py"])
    job.result()
    assert list(job.logs()) == ["sdk"]


def test_inputs_are_there_by_name(compute: Executor, lab: terrarium.Lab, project: Path) -> None:
    (project / "read.py").write_text(
        "import os, pathlib\nprint(pathlib.Path(os.environ['TERRARIUM_INPUTS'], 'rows.csv').read_text())\n"
    )
    rows = lab.artifacts.put_bytes(b"1,2,3", "compute/rows.csv")
    job = compute.submit(["python", "read.py"], inputs={"rows.csv": rows})
    job.result()
    assert list(job.logs()) == ["1,2,3"]


def test_a_job_is_tried_again_as_often_as_was_said(compute: Executor, tmp_path: Path) -> None:
    state = compute.submit(["python", "once.py", str(tmp_path / "mark")], retries=2).wait()
    assert (state.status, state.attempts) == ("SUCCEEDED", 2)


def test_a_cancelled_job_ends(compute: Executor) -> None:
    job = compute.submit(["python", "hang.py"])
    eventually(lambda: list(job.logs()) == ["begun"])
    with pytest.raises(JobStillRunningError, match=r"is (STARTING|RUNNING) after 0 s"):
        job.wait(seconds=0)
    job.cancel("changed my mind")
    state = job.wait()
    assert state.status == "FAILED"
    assert state.failure is not None
    assert state.failure.problem == "it was cancelled (Cancelled: changed my mind)"


def test_a_job_runs_after_those_it_depends_on_and_not_without_them(compute: Executor) -> None:
    good, bad = compute.submit(["python", "greet.py"]), compute.submit(["python", "fail.py"])
    after_good = compute.submit(["python", "greet.py"], depends_on=[good])
    after_bad = compute.submit(["python", "greet.py"], depends_on=[good, bad])
    assert after_good.wait().succeeded
    with pytest.raises(JobFailedError, match="a job that it depends on failed"):
        after_bad.result()


def test_an_array_has_a_result_for_every_index(compute: Executor) -> None:
    job = compute.submit(["python", "odd.py"], array=4)
    results = job.results()
    assert [result.index for result in results] == [0, 1, 2, 3]
    assert [result.exit_code for result in results] == [0, 1, 0, 1]
    assert job.state().size == 4
    with pytest.raises(JobFailedError, match="not every job of the array succeeded"):
        job.result()


def test_nodes_know_their_rank_and_each_other(compute: Executor, project: Path, tmp_path: Path) -> None:
    (project / "meet.py").write_text(
        "import os, pathlib, sys, time\n"
        "rank, nodes = os.environ['TERRARIUM_NODE_RANK'], int(os.environ['TERRARIUM_NODE_COUNT'])\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "print(rank, nodes, os.environ['TERRARIUM_MAIN_ADDRESS'], flush=True)\n"
        "(place / rank).touch()\n"
        "while len(list(place.iterdir())) < nodes: time.sleep(0.05)\n"
    )
    (tmp_path / "place").mkdir()
    job = compute.submit(
        ["python", "meet.py", str(tmp_path / "place")], resources=terrarium.Resources(nodes=2, memory=512)
    )
    job.result()
    assert sorted(job.logs()) == ["0 2 127.0.0.1", "1 2 127.0.0.1"]


def test_a_job_that_hangs_ends_at_its_deadline(lab: terrarium.Lab, running: RunningSandbox) -> None:
    job = lab.compute.submit(["python", "hang.py"], deadline=timedelta(hours=1))
    eventually(lambda: list(job.logs()) == ["begun"])
    running.ask("PUT", "clock", {"advance_seconds": 3600})
    with pytest.raises(JobFailedError, match="it reached its deadline") as caught:
        job.result()
    assert "deadline=" in caught.value.remedy


@pytest.mark.slow
def test_a_job_on_this_machine_that_hangs_ends_at_its_deadline_too() -> None:
    """Batch keeps none below a minute, and so nobody does: this waits for one."""
    with pytest.raises(JobFailedError, match="it reached its deadline"):
        terrarium.LocalCompute().submit(["python", "hang.py"], deadline=60).result()


def test_refuses_resources_that_no_machine_has(compute: Executor) -> None:
    with pytest.raises(PlacementError, match=r"10000 vCPUs"):
        compute.submit(["true"], resources=terrarium.Resources(vcpus=10_000))


def test_refuses_invalid_jobs(compute: Executor, tmp_path: Path) -> None:
    with pytest.raises(DeadlineError):
        compute.submit(["true"], deadline=5)
    with pytest.raises(JobRequestError, match="name"):
        compute.submit(["true"], name="no spaces")
    with pytest.raises(JobRequestError, match="one node each"):
        compute.submit(["true"], array=2, resources=terrarium.Resources(nodes=2))
    with pytest.raises(CodeNotShippableError, match="no git repository"):
        compute.submit(["true"], code=tmp_path)


# Only the platform


def test_a_job_without_room_names_the_nearest_pool(lab: terrarium.Lab) -> None:
    with pytest.raises(PlacementError) as caught:
        lab.compute.submit(["true"], resources=terrarium.Resources(vcpus=8, memory=60_000, gpus=16))
    assert "nearest is pool 'gpu'" in caught.value.remedy
    with pytest.raises(PlacementError) as caught:
        lab.compute.submit(["true"], resources=terrarium.Resources(gpus=1), pool="cpu")
    assert "pool 'gpu', which can run it" in caught.value.remedy


def test_jobs_are_found_again(lab: terrarium.Lab) -> None:
    job = lab.compute.submit(["python", "greet.py"], name="found-again")
    job.result()
    assert lab.compute.job(job.id).state() == job.state()
    assert [found.id for found in lab.compute.jobs(name="found-*")] == [job.id]
    assert job.id in {found.id for found in lab.compute.jobs(status="SUCCEEDED", pool="cpu")}
    assert lab.compute.jobs(pool="gpu", name="found-*") == []
    with pytest.raises(JobNotFoundError):
        lab.compute.job("nobody").state()


def test_the_same_code_is_sent_once(lab: terrarium.Lab, project: Path) -> None:
    (project / "of_this_test").write_text("")  # nobody else has sent the like
    sent: list[str] = []
    lab.session.client("s3").meta.events.register(
        "before-call.s3", lambda model, **_: sent.append(model.name)
    )

    def submit() -> list[str]:
        sent.clear()
        lab.compute.submit(["python", "greet.py"]).cancel()
        return list(sent)

    assert submit() == ["HeadObject", "PutObject"]
    eventually(lambda: submit() == [])  # as soon as the file system's clock has moved on
    elsewhere = terrarium.connect(lab.environment)
    elsewhere.session.client("s3").meta.events.register(
        "before-call.s3", lambda model, **_: sent.append(model.name)
    )
    sent.clear()
    elsewhere.compute.submit(["python", "greet.py"]).cancel()
    assert sent == ["HeadObject"], "another process asks once whether it is there"
    (project / "greeting.py").write_text("WORDS = 'hi'\n")
    assert submit() == ["HeadObject", "PutObject"]
    eventually(lambda: submit() == [])
    (project / "brand_new.py").write_text("")
    assert submit() == ["HeadObject", "PutObject"]


def test_a_waiting_job_states_the_reason_and_whether_it_can_start(
    lab: terrarium.Lab, provisioned: PlatformManifest
) -> None:
    batch = boto3.client("batch")
    (first,) = batch.describe_job_queues(jobQueues=[provisioned.compute.pools[0].queue_arn])["jobQueues"]
    like = first["computeEnvironmentOrder"][0]["computeEnvironment"]
    (described,) = batch.describe_compute_environments(computeEnvironments=[like])["computeEnvironments"]
    environment = batch.create_compute_environment(
        computeEnvironmentName="waiting", type="MANAGED", computeResources=described["computeResources"]
    )["computeEnvironmentArn"]
    queue = batch.create_job_queue(
        jobQueueName="waiting",
        priority=1,
        schedulingPolicyArn=first["schedulingPolicyArn"],
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
    )["jobQueueArn"]
    batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")
    submitted = BatchJobs(provisioned).submit("true", jobQueue=queue, arrayProperties={"size": 2})
    job = lab.compute.job(submitted)

    eventually(lambda: (why := job.waiting()) is not None and why.hopeless)
    why = job.waiting()
    assert why is not None
    assert why.problem == "no compute environment of its queue waiting takes jobs (waiting is DISABLED)"
    with pytest.raises(JobStillRunningError, match="waiting is DISABLED") as caught:
        job.result(seconds=0)
    assert "cdktf deploy" in caught.value.remedy

    batch.update_compute_environment(computeEnvironment=environment, state="ENABLED")
    job.result()
    assert job.waiting() is None
