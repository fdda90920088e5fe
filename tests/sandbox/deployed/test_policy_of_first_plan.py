"""`terrarium policy`, with every tool, on the plan of a first deployment, in which most values are unknown."""

import json
import re
import shutil
from pathlib import Path

import pytest

from policies.plan.gather_plans import gather_plans
from policies.plan.plan_file import read_plan
from policies.plan.planned_stack import planned_stack
from policies.stack import read_stack
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """`dev` planned by Terraform, and never deployed: with a state of its own, in which there is nothing."""
    deployment = Deployment(sandbox, "dev", tmp_path_factory.mktemp("cdktf.out"))
    deployment.cdktf("synth")
    folder = deployment.outdir / "stacks" / "dev"
    (folder / "backend_override.tf.json").write_text(json.dumps({"terraform": {"backend": {"local": {}}}}))
    deployment.terraform("init", "-input=false")
    deployment.terraform("plan", "-input=false", "-out=plan")
    return deployment


@pytest.fixture
def plan(first: Deployment) -> Path:
    """The plan as Terraform saved it."""
    return first.outdir / "stacks" / "dev" / "plan"


def test_a_value_that_is_unknown_before_the_deployment_stays_a_reference(plan: Path) -> None:
    planned = planned_stack(read_stack(plan.with_name("cdk.tf.json"), tier="disposable"), read_plan(plan))
    assert {change.action for change in planned.changes} == {"create"}
    assert planned.settled == frozenset()
    (database,) = planned.resources("aws_rds_cluster")
    assert database.attributes["kms_key_id"].startswith("${aws_kms_key.")


@pytest.mark.usefixtures("tools")
def test_a_first_plan_has_no_finding_that_is_not_waived(first: Deployment, plan: Path) -> None:
    done = first.terrarium("policy", "--plan", "dev", str(plan), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"dev: \d+ resources, a plan of \d+ changes, 0 findings", done.stdout)


@pytest.mark.usefixtures("tools")
def test_finds_a_mistake_that_only_the_plan_has(first: Deployment, plan: Path, tmp_path: Path) -> None:
    document = read_plan(plan)
    for resource in document["planned_values"]["root_module"]["resources"]:
        if resource["type"] == "aws_s3_bucket_public_access_block" and "artifacts" in resource["name"]:
            resource["values"]["block_public_policy"] = False
    (tmp_path / "plan.json").write_text(json.dumps(document))
    done = first.terrarium("policy", "--plan", "dev", str(tmp_path / "plan.json"), check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    words = " ".join(done.stdout.split())
    for word in ("public-store", "artifacts/public-access-block", "as planned:", "CKV_AWS_54"):
        assert word in words


def test_refuses_a_stale_plan(first: Deployment, plan: Path, tmp_path: Path) -> None:
    text = json.dumps(read_plan(plan)).replace("sha256:", "sha256:0")
    (tmp_path / "plan.json").write_text(text)
    refused = first.terrarium("policy", "--plan", "dev", str(tmp_path / "plan.json"), check=False)
    assert refused.returncode == 1
    assert "stale plan of dev" in refused.stderr


def test_refuses_a_plan_for_an_unknown_environment(first: Deployment, plan: Path) -> None:
    refused = first.terrarium("policy", "--plan", "nowhere", str(plan), check=False)
    assert refused.returncode == 1
    assert "a plan is given for 'nowhere', which is not an environment" in refused.stderr


def test_finds_the_plan_of_cdktf_diff_and_skips_a_stale_one(
    first: Deployment, plan: Path, tmp_path: Path
) -> None:
    """It may have lain there for long: unlike one that is named, it fails nothing."""
    stack = read_stack(plan.with_name("cdk.tf.json"), tier="disposable")
    shutil.copytree(first.outdir, tmp_path / "cdktf.out", symlinks=True)
    told: list[str] = []
    (planned,) = gather_plans((stack,), {}, checkout=tmp_path, report=told.append)
    assert planned.plan["resource_changes"]
    changed = json.loads(json.dumps(stack.document).replace("sha256:", f"sha256:{'0' * 64}"))
    stale = type(stack)(name="dev", tier="disposable", document=changed)
    assert gather_plans((stale,), {}, checkout=tmp_path, report=told.append) == ()
    assert "checking the plan" in told[0]
    assert ": stale plan of dev" in told[1]
