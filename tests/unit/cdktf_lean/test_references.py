"""The provider reads a reference from the kernel once, and never returns an outdated value."""

from pathlib import Path

from tests.unit.cdktf_lean.programs import output_of

PROGRAM = """
import cdktf_lean
cdktf_lean.enable()
import jsii
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

stack = TerraformStack(Testing.app(), "stack")
bucket = S3Bucket(stack, "bucket")

requests = []
process = jsii.kernel.provider._process
send = process.send
def count(request, response_type):
    requests.append(type(request).__name__)
    return send(request, response_type)
process.send = count
"""


def test_reads_a_reference_from_the_kernel_once(tmp_path: Path) -> None:
    lines = output_of(
        PROGRAM
        + """
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
zones = DataAwsAvailabilityZones(stack, "zones")
requests.clear()
first = bucket.arn, bucket.id, zones.names
print(len(requests), first == (bucket.arn, bucket.id, zones.names), len(requests))
""",
        tmp_path,
    )
    assert lines == ["3 True 3"]


def test_reads_a_value_that_is_no_reference_every_time(tmp_path: Path) -> None:
    lines = output_of(
        PROGRAM
        + """
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
cluster = RdsCluster(stack, "cluster", engine="a", port=5432)
requests.clear()
print(cluster.port_input, cluster.port_input, len(requests))
""",
        tmp_path,
    )
    assert lines == ["5432 5432 2"]


def test_reads_a_reference_again_after_a_call(tmp_path: Path) -> None:
    lines = output_of(
        PROGRAM
        + """
bucket.arn
bucket.override_logical_id("renamed")
bucket.arn
print(*requests)
""",
        tmp_path,
    )
    assert lines == ["GetRequest InvokeRequest GetRequest"]


def test_reads_what_was_assigned(tmp_path: Path) -> None:
    lines = output_of(
        PROGRAM
        + """
bucket.tags_input
bucket.tags = {"a": "b"}
print(bucket.tags_input)
bucket.bucket = bucket.arn
first = bucket.bucket_input
bucket.bucket = bucket.id
print(first != bucket.bucket_input)
""",
        tmp_path,
    )
    assert lines == ["{'a': 'b'}", "True"]
