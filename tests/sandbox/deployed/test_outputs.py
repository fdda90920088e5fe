"""`cdktf output`: what other stacks and `terrarium plan` read of a deployed environment."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from terrarium.checkout import ENVIRONMENTS, environments_folder
from tests.support.deployment import Deployment


@pytest.fixture(scope="module")
def outputs(dev: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The file that `cdktf output` writes."""
    file: Path = tmp_path_factory.mktemp("outputs") / "outputs.json"
    dev.cdktf("output", "--skip-synth", "--outputs-file", str(file))
    found: dict[str, Any] = json.loads(file.read_text())["dev"]
    return found


def test_outputs_name_what_the_environment_has(dev: Deployment, outputs: dict[str, Any]) -> None:
    state = dev.state()
    (vpc,) = (values for address, values in state.items() if address.startswith("aws_vpc."))
    assert outputs["vpc_id"] == vpc["id"]
    assert len(outputs["private_subnet_ids"]) == 2
    assert outputs["job_queue_arns"].keys() == {"cpu", "gpu"}
    assert outputs["role_arns"]["scientist"] == "arn:aws:iam::111111111111:role/terrarium-dev-scientist"
    assert outputs["bucket_names"]["artifacts"] == "terrarium-dev-artifacts-111111111111"
    assert outputs["manifest_parameter"] == "/terrarium/dev/manifest"


def test_every_output_has_a_value(outputs: dict[str, Any]) -> None:
    assert all(outputs.values())


def test_the_configuration_as_deployed_is_that_of_the_file(outputs: dict[str, Any]) -> None:
    assert Environment.model_validate(outputs["configuration"]) == load_environment("dev")


def test_a_change_that_aws_cannot_make_fails_the_plan(dev: Deployment, tmp_path: Path) -> None:
    """`stacks/refused_changes.py` compares the stack with the configuration in the state."""
    folder = tmp_path / "environments"
    shutil.copytree(environments_folder(dev.sandbox.checkout), folder)
    file = folder / "dev.toml"
    file.write_text(file.read_text().replace("10.10.0.0/16", "10.99.0.0/16"))
    changed = Deployment(dev.sandbox, "dev", tmp_path / "cdktf.out")
    changed.shell = {**dev.shell, ENVIRONMENTS: str(folder)}
    refused = changed.terrarium("plan", "dev", check=False)
    assert refused.returncode == 1
    message = " ".join(refused.stderr.split())
    assert 'network.cidr cannot change from "10.10.0.0/16" to "10.99.0.0/16". AWS cannot move' in message
