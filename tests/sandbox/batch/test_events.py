"""Batch sends status changes of jobs to EventBridge, so that rules on failed jobs trigger as on AWS."""

import json
from typing import Any

import boto3

from terrarium.manifest import PlatformManifest
from tests.support.batch_jobs import BatchJobs, eventually
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]


def told(pattern: dict[str, Any], name: str) -> str:
    """The address of a queue that a rule fills with what matches."""
    sqs, events = boto3.client("sqs"), boto3.client("events")
    address = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    return address


def taken(address: str) -> list[dict[str, Any]]:
    """The events in a queue, which they leave."""
    found: list[dict[str, Any]] = []
    sqs = boto3.client("sqs")
    while messages := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_a_rule_on_failed_jobs_fires_for_those_and_no_others(
    account: Account,  # noqa: ARG001 - who we are
    provisioned: PlatformManifest,
) -> None:
    batch = BatchJobs(provisioned)
    pattern = {
        "source": ["aws.batch"],
        "detail-type": ["Batch Job State Change"],
        "detail": {"status": ["FAILED"], "tags": {"watched": ["yes"]}},
    }
    address = told(pattern, "failed-jobs")
    batch.ended(batch.python("pass", tags={"watched": "yes"}))
    batch.ended(batch.python("raise SystemExit(1)", tags={"watched": "no"}))
    failed = batch.ended(batch.python("raise SystemExit(7)", tags={"watched": "yes"}))
    (event,) = eventually(lambda: taken(address))
    assert event["resources"] == [failed["jobArn"]]
    assert event["detail"] == failed, "the event equals the description"


def test_every_status_of_a_job_and_its_children_is_an_event(
    account: Account,  # noqa: ARG001 - who we are
    provisioned: PlatformManifest,
) -> None:
    batch = BatchJobs(provisioned)
    address = told({"source": ["aws.batch"], "detail": {"jobName": ["told-of"]}}, "all-statuses")
    array = batch.python("pass", jobName="told-of", arrayProperties={"size": 2})
    batch.ended(array)
    seen: dict[str, list[str]] = {}

    def all_told() -> bool:
        for event in taken(address):
            seen.setdefault(event["detail"]["jobId"], []).append(event["detail"]["status"])
        return all("SUCCEEDED" in seen.get(job, []) for job in (array, f"{array}:0", f"{array}:1"))

    eventually(all_told)
    statuses = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    assert sorted(seen[f"{array}:1"]) == sorted(statuses)
    assert sorted(seen[array]) == ["PENDING", "SUBMITTED", "SUCCEEDED"]
