"""Verdict of all tools on this checkout."""

import subprocess
import sys
from pathlib import Path

import pytest

from policies.isolated.checkov import CheckovScan
from policies.isolated.environment import ToolFailedError
from policies.stack import Stack

_ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_no_environment_has_a_finding_that_is_not_waived(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("terrarium")), "policy", "--reports", str(tmp_path)]
    done = subprocess.run(command, cwd=_ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for environment in ("dev", "test", "staging", "prod"):
        assert f"{environment}: " in done.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"policy.sarif", "policy.xml"}


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_fails_if_checkov_cannot_read_a_stack(tmp_path: Path) -> None:
    document = {"resource": {"aws_vpc": {"a": ["a list that checkov cannot parse"]}}}
    scan = CheckovScan((Stack(name="dev", tier="disposable", document=document),), home=tmp_path)
    with pytest.raises(ToolFailedError):
        list(scan.findings())


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_checkov_reads_a_stack_that_imports_moves_and_removes_resources(tmp_path: Path) -> None:
    bucket = {"bucket": "name", "//": {"metadata": {"path": "dev/bucket"}}}
    document = {
        "import": [{"to": "aws_s3_bucket.a", "id": "name"}],
        "moved": [{"from": "aws_s3_bucket.b", "to": "aws_s3_bucket.a"}],
        "removed": [{"from": "aws_s3_bucket.c", "lifecycle": {"destroy": False}}],
        "resource": {"aws_s3_bucket": {"a": bucket}},
    }
    scan = CheckovScan((Stack(name="dev", tier="disposable", document=document),), home=tmp_path)
    assert {finding.resource for finding in scan.findings()} == {"a"}
