"""Programs with callbacks and errors behave the same with lean and with stock bindings."""

from pathlib import Path

import pytest

from tests.unit.cdktf_lean.programs import output_of, run_program

PROGRAM = """
import cdktf_lean
cdktf_lean.enable()
import jsii
from cdktf import App, Aspects, IAspect, TerraformStack
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

app = App(outdir="out", skip_validation=True)  # the stack has no provider
stack = TerraformStack(app, "stack")
"""


def test_calls_python_that_overrides_the_kernel(tmp_path: Path) -> None:
    lines = output_of(
        PROGRAM
        + """
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
print(S3Bucket(Renaming(app, "renaming"), "bucket").friendly_unique_id)
Aspects.of(stack).add(Tags())
S3Bucket(stack, "after")
app.synth()
""",
        tmp_path,
    )
    assert lines == ["renamed-bucket", "visits before", "visits after"]
    assert '"visited": "after"' in (tmp_path / "out/stacks/stack/cdk.tf.json").read_text()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ('S3Bucket(stack, "same")', "RuntimeError: There is already a Construct with name 'same'"),
        ('S3Bucket(stack, "other", bucket=5)', "TypeError"),
    ],
)
def test_raises_an_error_where_it_happens(tmp_path: Path, statement: str, error: str) -> None:
    program = f"{PROGRAM}S3Bucket(stack, 'same')\ntry:\n    {statement}\nfinally:\n    print('reached')\n"
    process = run_program(program, tmp_path)
    assert process.returncode == 1
    assert process.stdout == "reached\n"
    assert error in process.stderr
