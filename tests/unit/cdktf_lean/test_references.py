"""Reading a reference again asks no kernel, and still never tells an outdated one."""

from pathlib import Path

from jsii._kernel.types import GetRequest, GetResponse, ObjRef

from cdktf_lean._references import References
from tests.unit.cdktf_lean.programs import said

PROGRAM = """
import cdktf_lean
cdktf_lean.enable()
from cdktf import TerraformStack, Testing
from cdktf_lean._kernel_connection import KernelConnection
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

stack = TerraformStack(Testing.app(), "stack")
bucket = S3Bucket(stack, "bucket")

asked = []
send = KernelConnection.send
def count(self, request, response_type):
    asked.append(type(request).__name__)
    return send(self, request, response_type)
KernelConnection.send = count
"""


def test_the_kernel_is_asked_once_for_a_reference_and_for_a_place_in_the_tree(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
cluster, zones = RdsCluster(stack, "cluster", engine="a"), DataAwsAvailabilityZones(stack, "zones")
asked.clear()
def read():
    return bucket.arn, bucket.node.id, bucket.node.path, cluster.port, zones.names
first = read()
so_far = len(asked)
print(first == read(), so_far, len(asked))
""",
        tmp_path,
    )
    assert lines == ["True 6 6"]


def test_a_number_that_is_none_is_asked_for_again(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
cluster = RdsCluster(stack, "cluster", engine="a", port=5432)
asked.clear()
print(cluster.port_input, cluster.port_input, len(asked))
""",
        tmp_path,
    )
    assert lines == ["5432 5432 2"]


def test_after_a_call_the_kernel_is_asked_anew(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
bucket.arn
bucket.override_logical_id("renamed")
bucket.arn
print(*asked)
""",
        tmp_path,
    )
    assert lines == ["GetRequest InvokeRequest GetRequest"]


def test_a_call_to_another_object_of_the_framework_changes_no_reference(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
other = S3Bucket(stack, "other")
bucket.arn
asked.clear()
other.override_logical_id("renamed")
stack.add_override("terraform.required_version", "1")
bucket.arn
print(*asked)
""",
        tmp_path,
    )
    assert lines == ["InvokeRequest InvokeRequest"]


def test_what_is_assigned_is_read_back(tmp_path: Path) -> None:
    lines = said(
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


def test_a_call_to_somebody_elses_object_may_change_any_reference() -> None:
    references = References()
    read = GetRequest(objref=ObjRef("@cdktf/provider-aws.s3Bucket.S3Bucket@10000"), property="arn")
    references.keep(read, GetResponse(value="${TfToken[TOKEN.0]}"))
    references.forget("acme.Landscape@10001")
    assert references.find(read) is None
