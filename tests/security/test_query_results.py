"""Only Athena writes results of queries, in its caller's name."""

import time
from collections.abc import Iterator

import pytest

from tests.support.role_sessions import Session, as_person, as_service, refused
from tests.support.stack_identities import StackIdentities, identities_of, synthesized_stack

REGION, WORKGROUP = "eu-central-1", "terrarium-prod-features"
RESULTS = "terrarium-prod-query-results-444444444444"


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The roles of prod, where scientists look, and the workgroup; IAM decides."""
    stack = synthesized_stack("prod", tmp_path_factory.mktemp("stacks"))
    with identities_of(
        stack, "access/scientist", "access/job", home=tmp_path_factory.mktemp("sandbox")
    ) as prod:
        prod.client("s3").create_bucket(
            Bucket=RESULTS, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        prod.client("athena").create_work_group(
            Name=WORKGROUP,
            Configuration={
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": {"OutputLocation": f"s3://{RESULTS}/"},
            },
        )
        prod.sandbox.command("enforce-iam")
        yield prod


@pytest.fixture(params=["scientist", "job"])
def who(prod: StackIdentities, request: pytest.FixtureRequest) -> Session:
    arn = prod.role_arn(f"access/{request.param}")
    if request.param == "scientist":
        return as_person(prod.sandbox, "prod", arn)
    return as_service(prod.sandbox, "prod", arn, "ecs-tasks.amazonaws.com")


def test_athena_writes_results_and_its_callers_do_not(who: Session) -> None:
    athena, s3 = who.client("athena"), who.client("s3")
    query = athena.start_query_execution(QueryString="SELECT 42", WorkGroup=WORKGROUP)["QueryExecutionId"]
    deadline = time.monotonic() + 120
    while (found := athena.get_query_execution(QueryExecutionId=query)["QueryExecution"])["Status"][
        "State"
    ] in {"QUEUED", "RUNNING"}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    key = found["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{RESULTS}/")
    with refused("s3:PutObject"):
        s3.put_object(Bucket=RESULTS, Key=key, Body=b'"_col0"\n"43"\n')
    with refused("s3:DeleteObject"):
        s3.delete_object(Bucket=RESULTS, Key=key)
    assert b"42" in s3.get_object(Bucket=RESULTS, Key=key)["Body"].read()
