"""The example of an extension, deployed from a package beside the environments' files, with IAM enforced."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

import terrarium
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, as_service, refused

pytestmark = pytest.mark.slow  # a deployment

_CHECKOUT = Path(__file__).parents[3]
_EXTENSION = """
[[extensions]]
name = "notifications"
construct = "acme_infra.notifications:Notifications"
config = { emails = ["ml-alerts@acme.example"] }
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """`dev` with the extension, whose package lies in a repository of its own."""
    company = tmp_path_factory.mktemp("company")
    shutil.copytree(_CHECKOUT / "examples" / "acme_infra", company / "acme_infra")
    (company / "environments").mkdir()
    file = (_CHECKOUT / "tests" / "environments" / "dev.toml").read_text()
    (company / "environments" / "dev.toml").write_text(file + _EXTENSION)
    sandbox = LocalSandbox(
        home=tmp_path_factory.mktemp("sandbox"), checkout=_CHECKOUT, environments=company / "environments"
    )
    sandbox.command("up", "--port", "0")
    deployment = Deployment(sandbox, "dev", tmp_path_factory.mktemp("cdktf.out"))
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    yield deployment
    sandbox.command("down")


@pytest.fixture(scope="module")
def lab(deployed: Deployment) -> terrarium.Lab:
    shell = deployed.shell
    session = boto3.Session(
        aws_access_key_id=shell["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=shell["AWS_SECRET_ACCESS_KEY"],
        region_name=shell["AWS_REGION"],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", shell["AWS_ENDPOINT_URL"])
        return terrarium.connect("dev", session=session)


@pytest.fixture
def enforced(deployed: Deployment) -> Iterator[None]:
    deployed.sandbox.command("enforce-iam")
    yield
    deployed.sandbox.command("enforce-iam", "--off")


def sessions(deployed: Deployment, lab: terrarium.Lab) -> tuple[Session, Session]:
    roles = lab.manifest.roles
    return (
        as_person(deployed.sandbox, "dev", roles.scientist_arn),
        as_service(deployed.sandbox, "dev", roles.job_arn, "ecs-tasks.amazonaws.com"),
    )


@pytest.mark.usefixtures("enforced")
def test_scientists_and_jobs_publish_and_the_encrypted_queue_receives(
    deployed: Deployment, lab: terrarium.Lab
) -> None:
    values = lab.extensions["notifications"]
    for session in sessions(deployed, lab):
        session.client("sns").publish(TopicArn=values["topic_arn"], Message="trained")
    sqs = deployed.sandbox.client("sqs", "dev")
    received = [
        json.loads(message["Body"])["Message"]
        for _ in range(2)
        for message in sqs.receive_message(QueueUrl=values["queue_url"]).get("Messages", [])
    ]
    assert received == ["trained", "trained"]


@pytest.mark.usefixtures("enforced")
def test_they_publish_to_no_other_topic(deployed: Deployment, lab: terrarium.Lab) -> None:
    alarms = deployed.sandbox.client("sns", "dev").list_topics()["Topics"]
    (other,) = (one["TopicArn"] for one in alarms if one["TopicArn"].endswith(":terrarium-dev-alarms"))
    for session in sessions(deployed, lab):
        with refused("sns:Publish"):
            session.client("sns").publish(TopicArn=other, Message="not mine")


def test_an_output_has_the_values(deployed: Deployment, lab: terrarium.Lab) -> None:
    output = json.loads(deployed.terraform("output", "-json", "extension_notifications").stdout)
    assert output == dict(lab.extensions["notifications"])


def test_nothing_differs_after_the_deployment(deployed: Deployment) -> None:
    assert "all resources match the stack" in deployed.terrarium("drift", "dev").stdout


def test_the_company_s_drift_check_finds_an_addition(deployed: Deployment, lab: terrarium.Lab) -> None:
    sqs = deployed.sandbox.client("sqs", "dev")
    (topic,) = (value for name, value in lab.extensions["notifications"].items() if name == "topic_arn")
    redrive = {"deadLetterTargetArn": str(topic).replace(":sns:", ":sqs:"), "maxReceiveCount": 3}
    other = sqs.create_queue(QueueName="other", Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    found = deployed.terrarium("drift", "dev", check=False).stdout
    assert f"extension-notifications/queue: {other} uses the queue as its dead-letter queue" in found
    assert f"remove it: aws sqs set-queue-attributes --queue-url {other}" in found
    sqs.delete_queue(QueueUrl=other)


def test_its_cost_is_a_row_of_its_own(deployed: Deployment) -> None:
    row = next(line for line in deployed.terrarium("cost", "dev").stdout.splitlines() if "extension-" in line)
    assert row.split()[1::2] == ["extension-notifications", "0.00", "0.05"]


def test_a_plan_without_it_deletes_its_resources_only(deployed: Deployment) -> None:
    environments = deployed.sandbox.environments
    assert environments is not None
    file = environments / "dev.toml"
    with_extension = file.read_text()
    file.write_text(with_extension.replace(_EXTENSION, ""))
    plan = deployed.terrarium("plan", "dev").stdout
    file.write_text(with_extension)
    destroyed = [line.split("`")[1] for line in plan.splitlines() if "| destroy |" in line]
    assert {address.partition(".")[0] for address in destroyed} == {
        "aws_cloudwatch_metric_alarm",
        "aws_sns_topic",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
    }
    assert all("notifications" in address for address in destroyed)
