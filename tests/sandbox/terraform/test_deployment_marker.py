"""The marker of a deployed environment, with the real provider: a state without it is refused, an import accepted."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.deployment_marker import DeploymentMarker
from modules.names import Names
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

_ACCOUNT = "888899990007"
_REGION = "eu-central-1"
_REFUSED = "dev is deployed already, but the state in terrarium-dev-state-888899990007 does not contain it"


@pytest.fixture
def terraform(sandbox: LocalSandbox, tmp_path: Path) -> Terraform:
    """Terraform with a stack that is only the marker, and its state in a file."""
    app = App(outdir=str(tmp_path / "synthesized"))
    stack = TerraformStack(app, "stack")
    AwsProvider(stack, "aws", region=_REGION)
    encryption = cast("Any", SimpleNamespace(key_arn="alias/aws/ssm"))
    DeploymentMarker(stack, "deployment", names=Names("dev", _ACCOUNT, _REGION), encryption=encryption)
    app.synth()
    document = json.loads((tmp_path / "synthesized/stacks/stack/cdk.tf.json").read_text())
    del document["terraform"]["backend"]
    terraform = Terraform(tmp_path, sandbox.environment("--account", _ACCOUNT, "--region", _REGION))
    terraform.write(document)
    terraform.succeed("init")
    return terraform


def test_a_lost_state_is_refused_until_the_marker_is_imported(terraform: Terraform, tmp_path: Path) -> None:
    terraform.succeed("apply", "-auto-approve")
    terraform.succeed("plan", "-detailed-exitcode")  # empty: the value that the state has is kept

    (tmp_path / "terraform.tfstate").unlink()
    refused = terraform.run("apply", "-auto-approve")
    assert refused.returncode == 1
    printed = " ".join(refused.stderr.replace("│", " ").split())
    assert _REFUSED in printed
    assert "terrarium recover dev" in printed
    assert "Creating..." not in refused.stdout

    document = json.loads((tmp_path / "main.tf.json").read_text())
    (marker,) = document["resource"]["aws_ssm_parameter"]
    block = {"to": f"aws_ssm_parameter.{marker}", "id": "/terrarium/dev/deployment/marker"}
    terraform.write({**document, "import": [block]})
    imported = terraform.succeed("apply", "-auto-approve").stdout
    assert "1 imported, 0 added, 0 changed, 0 destroyed" in imported

    terraform.succeed("destroy", "-auto-approve")
