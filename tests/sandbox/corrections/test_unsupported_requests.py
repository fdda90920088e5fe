"""The sandbox refuses requests that it cannot answer, where moto gives a wrong answer."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox

Client = Callable[[str], Any]


@pytest.fixture
def client(sandbox: LocalSandbox) -> Client:
    return lambda service: sandbox.client(service, "--account", "323232323232")


@pytest.fixture
def group(client: Client) -> str:
    """A log group with two events."""
    logs, name = client("logs"), f"g-{uuid.uuid4().hex}"
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    now = int(time.time() * 1000)
    messages = ['{"level": "error"}', "all is well"]
    events = [{"timestamp": now + place, "message": text} for place, text in enumerate(messages)]
    logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=events)
    return name


@pytest.mark.parametrize("pattern", ['{ $.level = "error" }', "%err%", "[a, b]", "-well", "all ?well"])
def test_a_filter_pattern_that_would_be_ignored_is_not_answered(
    client: Client, group: str, pattern: str
) -> None:
    with pytest.raises(ClientError, match="NotImplemented"):
        client("logs").filter_log_events(logGroupName=group, filterPattern=pattern)


@pytest.mark.parametrize("pattern", ["well", "all well", '"is well"', "level"])
def test_a_filter_pattern_of_words_is_answered(client: Client, group: str, pattern: str) -> None:
    found = client("logs").filter_log_events(logGroupName=group, filterPattern=pattern)["events"]
    assert len(found) == 1


def test_a_query_of_logs_is_answered_whole_or_not_at_all(client: Client, group: str) -> None:
    logs = client("logs")

    def query(text: str) -> list[dict[str, str]]:
        now = int(time.time())
        started = logs.start_query(logGroupName=group, startTime=now - 60, endTime=now + 60, queryString=text)
        results = logs.get_query_results(queryId=started["queryId"])["results"]
        return [{one["field"]: one["value"] for one in row} for row in results]

    rows = query("fields @timestamp, @message | sort @timestamp asc | limit 1")
    assert [row["@message"] for row in rows] == ['{"level": "error"}']
    assert time.strptime(rows[0]["@timestamp"][:19], "%Y-%m-%d %H:%M:%S")
    for text in ("stats count(*) as n by @logStream", "fields @message | filter @message like 'x'"):
        with pytest.raises(ClientError, match="NotImplemented"):
            query(text)


def test_an_event_is_tried_against_a_pattern(client: Client) -> None:
    event = {
        "id": "1",
        "account": "1",
        "source": "aws.batch",
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail-type": "Batch Job State Change",
        "detail": {"status": "FAILED"},
    }

    def matches(pattern: dict[str, Any]) -> bool:
        tried = client("events").test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))
        return bool(tried["Result"])

    assert matches({"source": ["aws.batch"], "detail": {"status": ["FAILED"]}})
    assert not matches({"detail": {"status": ["SUCCEEDED"]}})


def test_the_catalog_that_every_account_has_is_listed(client: Client) -> None:
    found = client("athena").list_data_catalogs()["DataCatalogsSummary"]
    assert {"CatalogName": "AwsDataCatalog", "Type": "GLUE"} in found


def test_costs_are_not_said_to_be_none(client: Client) -> None:
    with pytest.raises(ClientError, match="NotImplemented"):
        client("ce").get_cost_and_usage(
            TimePeriod={"Start": "2026-01-01", "End": "2026-01-02"},
            Granularity="DAILY",
            Metrics=["UnblendedCost"],
        )


def test_a_trail_has_no_delivery_time(client: Client) -> None:
    s3, trail, name = client("s3"), client("cloudtrail"), f"t-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    trail.create_trail(Name=name, S3BucketName=name)
    trail.start_logging(Name=name)
    status = trail.get_trail_status(Name=name)
    assert status["IsLogging"]
    assert "LatestDeliveryTime" not in status
