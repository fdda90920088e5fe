"""A pipelined program says the same to the kernel, waits for less of it, and hears of every error."""

import subprocess
from pathlib import Path

import pytest

from tests.unit.cdktf_lean.programs import run_program, said

PROGRAM = """
import os, sys
import cdktf_lean
cdktf_lean.enable(pipelined=os.environ["PIPELINED"] == "1")
from cdktf import App, Aspects, IAspect, TerraformOutput, TerraformStack
from cdktf_lean._kernel_connection import KernelConnection
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
import jsii, jsii.errors

waited_for = []
send = KernelConnection.send
def count(self, request, response_type):
    if type(request).__name__ != "LoadRequest":  # which a thread waits for
        waited_for.append(type(request).__name__)
    return send(self, request, response_type)
KernelConnection.send = count

app = App(outdir="out", skip_validation=True)  # no provider is asked for
stack = TerraformStack(app, "stack")
"""

POLICIES = """
for name in ("first", "second"):
    bucket = S3Bucket(stack, name, bucket=f"bucket-{name}")
    S3BucketPolicy(stack, f"{name}-policy", bucket=bucket.id, policy='{"Resource": "%s/*"}' % bucket.arn)
"""


def _run(program: str, folder: Path, *, pipelined: bool = True) -> "subprocess.CompletedProcess[str]":
    return run_program(PROGRAM + program, folder, PIPELINED="1" if pipelined else "0")


def _said(program: str, folder: Path) -> list[str]:
    return said(PROGRAM + program, folder, PIPELINED="1")


def _said_either_way(program: str, folder: Path) -> tuple[list[str], str]:
    """What a program says and synthesizes, pipelined; it must be the same when it is not."""
    results = []
    for pipelined in (True, False):
        process = _run(program, folder, pipelined=pipelined)
        assert process.returncode == 0, process.stderr
        synthesized = folder / "out" / "stacks" / "stack" / "cdk.tf.json"
        results.append((process.stdout.splitlines(), synthesized.read_text()))
    assert results[0] == results[1]
    return results[0]


def test_neither_constructors_nor_references_are_waited_for(tmp_path: Path) -> None:
    assert _said(POLICIES + "print(waited_for)", tmp_path) == ["[]"]


def test_an_override_is_not_waited_for_and_there_all_the_same(tmp_path: Path) -> None:
    override = """
S3Bucket(stack, "bucket").add_override("tags.a", "b")
stack.add_override("//.note", {"c": ["d"]})
"""
    assert _said(override + "print(waited_for)", tmp_path) == ["[]"]
    _, synthesized = _said_either_way(override + "app.synth()", tmp_path)
    assert '"a": "b"' in synthesized
    assert '"note"' in synthesized


def test_an_override_that_fails_says_where_it_happened(tmp_path: Path) -> None:
    process = _run(
        """
bucket = S3Bucket(stack, "bucket")
bucket.__jsii_ref__ = type(bucket.__jsii_ref__)(ref="@cdktf/provider-aws.s3Bucket.S3Bucket@404")
def doomed():
    bucket.add_override("tags.a", "b")
doomed()
app.synth()
""",
        tmp_path,
    )
    assert process.returncode == 1
    assert "S3Bucket@404 not found" in process.stderr
    assert "in doomed" in process.stderr


def test_what_a_provider_was_given_is_no_reference(tmp_path: Path) -> None:
    lines = _said(
        """
from cdktf_cdktf_provider_aws.provider import AwsProvider
provider = AwsProvider(stack, "aws", region="eu-west-1", alias=S3Bucket(stack, "bucket").id)
print(provider.region, provider.terraform_resource_type, provider.alias.startswith("${TfToken["))
""",
        tmp_path,
    )
    assert lines == ["eu-west-1 aws True"]


def test_a_reference_that_is_none_after_all_is_refused(tmp_path: Path) -> None:
    process = _run(
        """
import cdktf_lean._promises
cdktf_lean._promises._references = lambda kind: {"bucketInput"}
print(S3Bucket(stack, "bucket", bucket="plain").bucket_input)
app.synth()
""",
        tmp_path,
    )
    assert process.returncode == 1
    assert "declare as a string is no reference: this needs pipelined=False" in process.stderr


def test_what_is_synthesized_is_the_same(tmp_path: Path) -> None:
    lines, synthesized = _said_either_way(POLICIES + "app.synth()", tmp_path)
    assert lines == []
    assert '"bucket": "${aws_s3_bucket.second.id}"' in synthesized
    assert "${aws_s3_bucket.second.arn}/*" in synthesized


def test_names_are_recognized_when_they_come_back(tmp_path: Path) -> None:
    lines, _ = _said_either_way(
        POLICIES
        + """
arn = bucket.arn
print(TerraformStack.of(bucket) is stack, stack.node.find_child("second") is bucket)
other = S3Bucket(stack, "other", bucket=arn, tags={"plain": "text"})
print(other.bucket_input == arn, other.tags_input)
app.synth()
""",
        tmp_path,
    )
    assert lines == ["True True", "True {'plain': 'text'}"]


def test_what_the_program_gave_is_no_reference_only_because_anothers_was(tmp_path: Path) -> None:
    lines, _ = _said_either_way(
        POLICIES
        + """
print(S3Bucket(stack, "named-by-another", bucket=bucket.arn).bucket_input == bucket.arn)
print(S3Bucket(stack, "named", bucket="plain").bucket_input)
app.synth()
""",
        tmp_path,
    )
    assert lines == ["True", "plain"]


def test_an_error_is_raised_by_the_next_call_that_is_answered_and_says_where_it_happened(
    tmp_path: Path,
) -> None:
    process = _run(
        """
def doomed():
    S3Bucket(stack, "same")
S3Bucket(stack, "same")
doomed()
S3Bucket(stack, "after")
app.synth()
""",
        tmp_path,
    )
    assert process.returncode == 1
    assert (
        "RuntimeError: There is already a Construct with name 'same' in TerraformStack [stack]"
        in process.stderr
    )
    assert "It was found later than it happened, which is here:" in process.stderr
    assert "in doomed" in process.stderr


def test_what_follows_an_error_is_not_done_until_it_is_heard_of(tmp_path: Path) -> None:
    lines = _said(
        """
S3Bucket(stack, "same")
S3Bucket(stack, "same")
lost = S3Bucket(stack, "lost")
try:
    stack.node.path
except RuntimeError as error:
    print("already a Construct" in str(error))
try:
    lost.friendly_unique_id
except jsii.errors.JSIIError as error:
    print("not found" in str(error))
S3Bucket(stack, "lost")
print(*(child.node.id for child in stack.node.children))
""",
        tmp_path,
    )
    assert lines == ["True", "True", "same lost"]


def test_an_error_that_nobody_waits_for_is_warned_of_at_the_end(tmp_path: Path) -> None:
    process = _run("S3Bucket(stack, 'same'); S3Bucket(stack, 'same')", tmp_path)
    assert "LeanWarning: what failed was never heard of: There is already a Construct" in process.stderr


def test_a_wrong_argument_is_refused_at_once(tmp_path: Path) -> None:
    lines = _said(
        """
try:
    S3Bucket(stack, "bucket", bucket=5)
except TypeError as error:
    print("bucket" in str(error), waited_for)
""",
        tmp_path,
    )
    assert lines == ["True []"]


def test_python_that_the_kernel_calls_is_called_in_the_same_order(tmp_path: Path) -> None:
    lines, synthesized = _said_either_way(
        """
@jsii.implements(IAspect)
class Tags:
    def visit(self, node):
        if isinstance(node, S3Bucket):
            print("visits", node.node.id)
            node.tags = {"visited": node.friendly_unique_id}

class Renaming(TerraformStack):
    def _allocate_logical_id(self, element):
        return "renamed-" + element.node.id

S3Bucket(stack, "before")
renaming = Renaming(app, "renaming")
print(S3Bucket(renaming, "bucket").friendly_unique_id)
Aspects.of(stack).add(Tags())
S3Bucket(stack, "after")
app.synth()
""",
        tmp_path,
    )
    assert lines == ["renamed-bucket", "visits before", "visits after"]
    assert '"visited": "after"' in synthesized


@pytest.mark.parametrize("pipelined", [True, False], ids=["pipelined", "not"])
def test_an_exception_in_python_that_the_kernel_calls_ends_the_call(
    tmp_path: Path, *, pipelined: bool
) -> None:
    process = _run(
        """
@jsii.implements(IAspect)
class Refusal:
    def visit(self, node):
        raise ValueError("refused by the aspect")

S3Bucket(stack, "bucket")
Aspects.of(stack).add(Refusal())
app.synth()
""",
        tmp_path,
        pipelined=pipelined,
    )
    assert process.returncode == 1
    assert "RuntimeError: refused by the aspect" in process.stderr
