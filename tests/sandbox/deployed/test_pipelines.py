"""The example's pipeline as `cdktf deploy` deploys it: what starts it, what stops it, and where its model goes.

IAM and the key's policy decide about every request of the scientist, of schedules, rules, state machines and jobs.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from sklearn.datasets import load_breast_cancer

import terrarium
from examples.breast_cancer.deliveries import EXPORT, LEARNT_FROM
from terrarium.artifacts import ArtifactRef
from terrarium.errors import AccessDeniedError
from terrarium.lab import Lab
from terrarium.pipelines.compilation import LOAD_CODE
from terrarium.pipelines.execution import Execution
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_person, as_service, refused
from tests.support.staging_environment import enter, staging_environment
from tests.support.state_machines import until

_CHECKOUT = Path(__file__).parents[3]
_PIPELINE = "breast-cancer"


@pytest.fixture
def enforced(sandbox: LocalSandbox) -> Iterator[None]:
    """IAM decides about every request."""
    sandbox.command("enforce-iam")
    yield
    sandbox.command("enforce-iam", "--off")


@pytest.fixture
def lab(
    dev: Deployment,
    sandbox: LocalSandbox,
    enforced: None,  # noqa: ARG001 - from now on
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Lab:
    """Environment `dev`, as a scientist, with the pipeline's code published by the administrator."""
    enter(dev.shell, monkeypatch, state=tmp_path)
    lab = terrarium.connect("dev")
    assert [one.pipeline for one in lab.pipelines.publish_all(folder=_CHECKOUT)] == [_PIPELINE]
    scientist = as_person(sandbox, "dev", lab.manifest.roles.scientist_arn)
    enter(scientist.variables, monkeypatch, state=tmp_path)
    return terrarium.connect("dev")


@pytest.fixture
def deliveries(lab: Lab, sandbox: LocalSandbox) -> Iterator[None]:
    """Delete the objects that a test puts, after it."""
    yield
    for name in (EXPORT, LEARNT_FROM):
        bucket = lab.manifest.artifacts
        sandbox.client("s3", "dev").delete_object(Bucket=bucket.bucket, Key=bucket.artifacts_prefix + name)


@pytest.fixture
def notices(lab: Lab, sandbox: LocalSandbox) -> Callable[[], list[Any]]:
    """Return a function that returns the messages of the alarm topic in a subscribed queue."""
    manifest = lab.manifest
    topic = f"arn:aws:sns:{manifest.region}:{manifest.account}:terrarium-dev-alarms"
    sqs = sandbox.client("sqs", "dev")
    heard = sqs.create_queue(QueueName="alarms", Attributes={"Policy": _open_to(topic)})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sandbox.client("sns", "dev").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def received() -> list[Any]:
        found = sqs.receive_message(QueueUrl=heard, VisibilityTimeout=0, MaxNumberOfMessages=10)
        return [json.loads(json.loads(message["Body"])["Message"]) for message in found.get("Messages", [])]

    return received


def _open_to(topic: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@contextmanager
def without_grant(sandbox: LocalSandbox, role_arn: str, condition: str) -> Iterator[None]:
    """Take the statements about the key that have a condition from a deployed role, for a while."""
    iam = sandbox.client("iam", "dev")
    role = role_arn.rpartition("/")[2]
    changed = []
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        kept = [one for one in document["Statement"] if condition not in json.dumps(one.get("Condition", {}))]
        if len(kept) < len(document["Statement"]):
            rest = json.dumps({**document, "Statement": kept})
            made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=rest, SetAsDefault=True)
            changed.append((arn, version, made["PolicyVersion"]["VersionId"]))
    assert changed, f"{role} has no such grant"
    try:
        yield
    finally:
        for arn, before, made in changed:
            iam.set_default_policy_version(PolicyArn=arn, VersionId=before)
            iam.delete_policy_version(PolicyArn=arn, VersionId=made)


def started(lab: Lab, kind: str, *, before: set[str]) -> Execution:
    """The execution that something of this kind has started since `before`."""
    states = boto3.client("stepfunctions")

    def look() -> Execution | None:
        for execution in lab.pipelines.executions(_PIPELINE):
            told = json.loads(states.describe_execution(executionArn=execution.arn)["input"])
            if execution.name not in before and told["trigger"]["kind"] == kind:
                return execution
        return None

    return until(look)


def executions(lab: Lab) -> set[str]:
    return {execution.name for execution in lab.pipelines.executions(_PIPELINE)}


def outputs(lab: Lab, execution: Execution, step: str) -> Any:
    """Return the outputs of a step, once it has succeeded."""
    until(lambda: lab.pipelines.status(execution)[step].status == "SUCCEEDED")
    left = f"pipelines/{_PIPELINE}/executions/{execution.name}/{step}/outputs.json"
    return json.loads(lab.artifacts.get_bytes(lab.artifacts.latest(left)))


def test_its_schedule_starts_it_and_killed_in_the_middle_it_goes_on_to_a_model_that_staging_takes(
    lab: Lab, dev: Deployment, sandbox: LocalSandbox, tmp_path: Path
) -> None:
    published = dev.terrarium("pipelines", "publish", "--all", "--environment", "dev").stdout
    assert published.startswith(f"{_PIPELINE}, definition ")
    before = executions(lab)
    sandbox.command("clock", "--advance", "7d")
    execution, look = (started(lab, kind, before=before) for kind in ("schedule", "drift"))
    until(lambda: lab.pipelines.status(execution)["split"].job)
    lab.pipelines.stop(execution, reason="killed in the middle")
    killed = lab.pipelines.status(execution)
    assert (killed["ingest"].status, killed["train"].status) == ("SUCCEEDED", "WAITING")

    ended = lab.pipelines.wait(lab.pipelines.resume(execution), seconds=1800)
    states = lab.pipelines.status(ended)
    assert (ended.status, ended.resumed) == ("SUCCEEDED", 1), states
    assert states.pop("drift-check").status == "SKIPPED"
    assert {state.status for state in states.values()} == {"SUCCEEDED"}
    assert (states["ingest"], states["validate"]) == (killed["ingest"], killed["validate"])
    assert states["split"].attempts == 2
    jobs = [state.job for state in states.values() if state.job]
    assert len(jobs) == len(states)
    assert {lab.compute.job(job).state().status for job in jobs} == {"SUCCEEDED"}

    (version,) = lab.models.versions(_PIPELINE)
    runs = lab.experiments.runs(
        _PIPELINE, where=f"tags['terrarium.pipeline.execution'] == '{execution.name}'", limit=50
    )
    by_step = {run.tags["terrarium.pipeline.step"]: run for run in runs if run.status == "FINISHED"}
    assert version.run in {by_step["train/0"].id, by_step["train/1"].id}
    assert by_step[""].tags["terrarium.pipeline.trigger"] == "schedule"

    sandbox.command(
        "enforce-iam", "--off"
    )  # a release promotes, not a scientist: see `test_iam_promotion.py`
    staging_environment(sandbox, lab.manifest, state=tmp_path)
    staging = Deployment(sandbox, "staging", tmp_path)
    staging.terrarium("models", "promote", version.reference, "--to", "staging")
    shown = staging.terrarium("models", "show", f"{_PIPELINE}/1", "--environment", "staging").stdout
    assert version.artifact is not None
    assert version.artifact.digest in shown
    assert "gates of staging" in shown, "which are its file's"

    looked = lab.pipelines.wait(look)
    assert looked.status == "SUCCEEDED", "nothing had changed, which is no failure"
    steps = lab.pipelines.status(looked)
    assert steps.pop("drift-check").status == "SUCCEEDED"
    assert {state.status for state in steps.values()} == {"SKIPPED"}


@pytest.mark.usefixtures("deliveries")
def test_deliveries_and_detected_drift_start_an_execution(
    lab: Lab, sandbox: LocalSandbox, tmp_path: Path
) -> None:
    cases = load_breast_cancer(as_frame=True).frame
    cases.to_csv(tmp_path / "learnt-from.csv", index=False)
    lab.artifacts.put(tmp_path / "learnt-from.csv", LEARNT_FROM)
    changed = cases.head(400).assign(**{"mean area": cases["mean area"] * 1.5})
    changed.to_csv(tmp_path / "cases.csv", index=False)

    before = executions(lab)
    delivered = lab.artifacts.put(tmp_path / "cases.csv", EXPORT)
    arrival = started(lab, "data-arrival", before=before)
    assert outputs(lab, arrival, "ingest") == {"cases": 400, "delivery": delivered.key}
    lab.pipelines.stop(arrival)
    assert lab.pipelines.status(arrival)["drift-check"].status == "WAITING", "it was not asked for"

    before = executions(lab)
    sandbox.command("clock", "--advance", "7d")
    lab.pipelines.stop(started(lab, "schedule", before=before))
    look = started(lab, "drift", before=before)
    assert outputs(lab, look, "drift-check")["measurements"] == ["mean area"]
    assert outputs(lab, look, "ingest")["cases"] == 400
    lab.pipelines.stop(look)


def test_a_gate_that_fails_stops_it_with_the_reason_and_a_notice_of_the_failed_job_arrives(
    lab: Lab, notices: Callable[[], list[Any]]
) -> None:
    """Started by a scientist, with a bar that nothing clears: no other version is submitted."""
    before = lab.models.versions(_PIPELINE) if _PIPELINE in lab.models.names() else []
    execution = lab.pipelines.wait(lab.pipelines.start(_PIPELINE, minimum_roc_auc=1.1), seconds=1800)
    states = lab.pipelines.status(execution)
    assert execution.status == "FAILED"
    assert (states["gate"].status, states["submit"].status) == ("FAILED", "WAITING"), states
    assert "below 1.1" in (states["gate"].reason or "")
    assert (lab.models.versions(_PIPELINE) if before else before) == before
    details = until(lambda: [notice["detail"] for notice in notices()])
    assert [(one["status"], one["jobId"]) for one in details] == [("FAILED", states["gate"].job)]


def test_without_its_grants_of_the_key_it_neither_starts_nor_is_followed(
    lab: Lab, sandbox: LocalSandbox
) -> None:
    roles = lab.manifest.roles
    executor = f"arn:aws:iam::{lab.manifest.account}:role/terrarium-dev-pipeline-executor"
    of_machine = "kms:EncryptionContext:aws:states:stateMachineArn"
    with (
        without_grant(sandbox, executor, of_machine),
        pytest.raises(AccessDeniedError, match="kms:GenerateDataKey") as caught,
    ):
        lab.pipelines.start(_PIPELINE)
    assert "the environment's key" in (caught.value.remedy or "")
    execution = lab.pipelines.start(_PIPELINE)
    lab.pipelines.stop(execution)
    with (
        without_grant(sandbox, roles.scientist_arn, f"states.{lab.manifest.region}.amazonaws.com"),
        pytest.raises(AccessDeniedError, match="kms:Decrypt"),
    ):
        lab.pipelines.status(execution)
    assert lab.pipelines.status(execution)


def test_neither_a_scientist_nor_a_job_replaces_the_code_that_its_executions_run(
    lab: Lab, sandbox: LocalSandbox
) -> None:
    """As published and as deployed: the pointer that an execution reads, and the code that it names."""
    machine = lab.manifest.pipelines.state_machine_arn(_PIPELINE)
    definition = boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["definition"]
    pointer = json.loads(definition)["States"][LOAD_CODE]["Parameters"]
    published = json.loads(boto3.client("s3").get_object(**pointer)["Body"].read())
    code = ArtifactRef.parse(published["code"])
    job = as_service(sandbox, "dev", lab.manifest.roles.job_arn, "ecs-tasks.amazonaws.com").client("s3")
    for s3 in (boto3.client("s3"), job):
        for key in (pointer["Key"], code.key):
            with refused("s3:PutObject", because="explicit deny in a resource-based policy"):
                s3.put_object(Bucket=code.bucket, Key=key, Body=b"of mallory")
