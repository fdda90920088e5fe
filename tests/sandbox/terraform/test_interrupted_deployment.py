"""`kill -9` of cdktf and Terraform in the middle of a first deployment, and the recovery from it."""

import subprocess
from pathlib import Path

import psutil
import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

pytestmark = pytest.mark.slow


def deploy_and_kill(deployment: Deployment, *, after: int) -> None:
    """Start `cdktf deploy`, and kill it with all its processes once `after` resources are created."""
    command = ["cdktf", "deploy", deployment.name, "--output", str(deployment.outdir), "--auto-approve"]
    with subprocess.Popen(
        command,
        cwd=deployment.sandbox.checkout,
        env=deployment.shell,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as cdktf:
        assert cdktf.stdout is not None
        created = 0
        for line in cdktf.stdout:
            created += "Creation complete" in line
            if created >= after:
                break
        process = psutil.Process(cdktf.pid)
        for killed in (process, *process.children(recursive=True)):
            killed.kill()


@pytest.mark.parametrize("created", [1, 40, 90, 140, 190])
def test_recover_deploy_and_plan_again(own_sandbox: LocalSandbox, tmp_path: Path, created: int) -> None:
    """The deployment completes, and a second plan is empty."""
    own_sandbox.command("up", "--port", "0")
    dev = Deployment(own_sandbox, "dev", tmp_path / "cdktf.out")
    dev.terrarium("bootstrap", "dev")
    deploy_and_kill(dev, after=created)

    recovered = dev.terrarium("recover", "dev", "--yes")
    assert "removed the lock" in recovered.stdout
    again = dev.terrarium("recover", "dev", "--yes")
    assert again.stdout == "dev: the state has all resources of the stack that exist\n"

    dev.deploy()
    planned = dev.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert planned.returncode == 0, planned.stdout
    own_sandbox.command("down")
