"""The stack that `terrarium recover` imports with."""

from typing import Any

from operations.recover.import_stack import import_stack


def stack(**resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "provider": {"aws": [{"region": "eu-central-1"}]},
        "output": {"bucket": {"value": "${aws_s3_bucket.data.bucket}"}},
        "removed": [{"from": "aws_s3_bucket.former"}],
        "resource": resources,
    }


BUCKET = {"data": {"bucket": "data", "lifecycle": {"prevent_destroy": True}}}
VERSIONING = {"data": {"bucket": "${aws_s3_bucket.data.bucket}"}}


def test_a_resource_that_neither_exists_nor_is_in_the_state_is_left_out() -> None:
    made = import_stack(
        stack(aws_s3_bucket=BUCKET, aws_sqs_queue={"queue": {}}),
        {"aws_s3_bucket.data": "data"},
        deployed=(),
    )
    assert made["resource"].keys() == {"aws_s3_bucket"}
    assert made["import"] == [{"to": "aws_s3_bucket.data", "id": "data"}]


def test_differences_of_every_resource_are_ignored() -> None:
    made = import_stack(
        stack(aws_s3_bucket=BUCKET, aws_s3_bucket_versioning=VERSIONING),
        {"aws_s3_bucket_versioning.data": "data"},
        deployed=["aws_s3_bucket.data"],
    )
    lifecycles = [body["lifecycle"] for bodies in made["resource"].values() for body in bodies.values()]
    assert lifecycles == [{"ignore_changes": "all"}] * 2


def test_the_order_of_replacements_stays_as_the_state_contains_it() -> None:
    pool = {"pool": {"lifecycle": {"create_before_destroy": True}}}
    made = import_stack(
        stack(aws_batch_compute_environment=pool), {}, deployed=["aws_batch_compute_environment.pool"]
    )
    assert made["resource"]["aws_batch_compute_environment"]["pool"]["lifecycle"] == {
        "create_before_destroy": True,
        "ignore_changes": "all",
    }


def test_a_resource_that_refers_to_a_missing_one_is_left_out() -> None:
    made = import_stack(
        stack(aws_s3_bucket=BUCKET, aws_s3_bucket_versioning=VERSIONING),
        {"aws_s3_bucket_versioning.data": "data"},
        deployed=(),
    )
    assert made["import"] == []


def test_nothing_else_of_the_stack_can_change_the_state() -> None:
    made = import_stack(stack(aws_s3_bucket=BUCKET), {}, deployed=["aws_s3_bucket.data"])
    assert made.keys() == {"provider", "resource", "import"}
