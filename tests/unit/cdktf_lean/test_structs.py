"""What the kernel is handed is what jsii would hand it, but for what was not given."""

from pathlib import Path

from tests.unit.cdktf_lean.programs import said

PROGRAM = """
import copy, jsii._kernel
stock = jsii._kernel._make_reference_for_native, jsii._kernel._get_overides
import cdktf_lean
cdktf_lean.enable()
from cdktf import App, Fn, TerraformResourceLifecycle, TerraformStack, Token
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket, S3BucketConfig, S3BucketLogging
lean = jsii._kernel._make_reference_for_native, jsii._kernel._get_overides
app = App(outdir="out")
stack = TerraformStack(app, "stack")

class Renamed(TerraformStack):
    def _allocate_logical_id(self, element):
        return "renamed"

class Plain(TerraformStack):
    own = 1

def given(value):
    if isinstance(value, dict):
        return {name: given(item) for name, item in value.items() if item is not None}
    return [given(item) for item in value] if isinstance(value, list) else value
"""


def test_structs_within_anything_are_read_as_jsii_reads_them(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
lifecycle = TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["tags"])
logging = S3BucketLogging(target_bucket="logs")
config = S3BucketConfig(bucket="b", tags={"a": Token.as_string(1)}, logging=logging, lifecycle=lifecycle, count=2,
                        depends_on=[stack], force_destroy=False)
for value in (config, [config, None, "x", 1, 0.5, True], {"of": config, "none": None}, stack, [[]], {}, ()):
    kernel = jsii._kernel.Kernel()
    jsii._kernel._make_reference_for_native, _ = stock
    expected = None if value == () else stock[0](kernel, value)
    jsii._kernel._make_reference_for_native, _ = lean
    print(value == () or given(lean[0](kernel, value)) == given(expected))
print(list(lean[0](None, config)["$jsii.struct"]["data"]))
try:
    lean[0](None, [lambda: 1])
except jsii.errors.JSIIError as error:
    print("Cannot pass function" in str(error))
""",
        tmp_path,
    )
    assert lines[:7] == ["True"] * 7
    assert sorted(lines[7].strip("[]").replace("'", "").split(", ")) == [
        "bucket",
        "count",
        "dependsOn",
        "forceDestroy",
        "lifecycle",
        "logging",
        "tags",
    ]
    assert lines[8] == "True"


def test_what_a_program_overrides_is_found_and_nothing_else(tmp_path: Path) -> None:
    lines = said(
        PROGRAM
        + """
for kind in (TerraformStack, Renamed, Plain):
    value = kind.__new__(kind)
    print(lean[1](kind, value) == stock[1](kind, value), [override.method for override in lean[1](kind, value)])
""",
        tmp_path,
    )
    assert lines == ["True []", "True ['allocateLogicalId']", "True []"]
