"""Plain tools need only the variables of `terrarium sandbox env`."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.local_sandbox import LocalSandbox

_ASK = (
    "import boto3; print(boto3.client('sts').get_caller_identity()['Account'], boto3.Session().region_name)"
)


@dataclass(frozen=True)
class Shell:
    """A user's shell, with the user's own variables."""

    sandbox: LocalSandbox

    def run(self, command: str, *, environment: str = "dev", **variables: str) -> str:
        """Return the output of `command` after the environment was evaluated."""
        terrarium = Path(sys.executable).with_name("terrarium")
        done = subprocess.run(
            [
                "sh",
                "-ec",
                f'exports="$("{terrarium}" sandbox env {environment})"; eval "$exports"; {command}',
            ],
            cwd=self.sandbox.checkout,
            env={**os.environ, "TERRARIUM_SANDBOX_HOME": str(self.sandbox.home), **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def shell(sandbox: LocalSandbox) -> Shell:
    return Shell(sandbox)


def test_boto3_finds_account_and_region_whatever_profile_the_user_has(shell: Shell, tmp_path: Path) -> None:
    """A real profile must not be picked up: what is meant for the sandbox would go to AWS."""
    config = tmp_path / "config"
    config.write_text("[profile mine]\nregion = us-west-2\nendpoint_url = http://127.0.0.1:1\n")
    said = shell.run(
        f'"{sys.executable}" -c "{_ASK}"',
        AWS_CONFIG_FILE=str(config),
        AWS_PROFILE="mine",
        AWS_SESSION_TOKEN="mine",
        AWS_ENDPOINT_URL_STS="http://127.0.0.1:1",
        AWS_REGION="us-west-2",
    )
    assert said == "111111111111 eu-central-1"


def test_nothing_goes_through_a_proxy(shell: Shell) -> None:
    said = shell.run(f'"{sys.executable}" -c "{_ASK}"', HTTP_PROXY="http://127.0.0.1:1", NO_PROXY="internal")
    assert said.startswith("111111111111")
    assert shell.run("echo $NO_PROXY", NO_PROXY="internal") == "internal,127.0.0.1"


def test_the_checkouts_tools_come_first_however_often_it_is_evaluated(shell: Shell) -> None:
    once = shell.run("echo $PATH", PATH="/usr/bin:/bin")
    checkout = shell.sandbox.checkout
    assert once == f"{checkout}/.venv/bin:{checkout}/node_modules/.bin:/usr/bin:/bin"
    assert shell.run("echo $PATH", PATH=once) == once


def test_the_tools_of_an_active_virtual_environment_stay_first(shell: Shell) -> None:
    checkout = shell.sandbox.checkout
    path = "/home/me/venv/bin:/usr/bin:/bin"
    assert (
        shell.run("echo $PATH", PATH=path, VIRTUAL_ENV="/home/me/venv")
        == f"/home/me/venv/bin:{checkout}/.venv/bin:{checkout}/node_modules/.bin:/usr/bin:/bin"
    )


def test_outside_a_checkout_the_account_is_where_the_environment_is_deployed(
    shell: Shell, tmp_path: Path
) -> None:
    ssm = shell.sandbox.client("ssm")
    ssm.put_parameter(Name="/terrarium/elsewhere/manifest", Type="String", Value="{}")
    outside = Shell(LocalSandbox(home=shell.sandbox.home, checkout=tmp_path))
    assert (
        outside.run(f'"{sys.executable}" -c "{_ASK}"', environment="elsewhere") == "111111111111 eu-central-1"
    )


def test_a_configuration_of_terraforms_that_does_not_exist_is_dropped(shell: Shell) -> None:
    said = shell.run(
        "echo ${TF_CLI_CONFIG_FILE-unset}", TF_CLI_CONFIG_FILE="/nowhere", TERRARIUM_PROVIDER_MIRROR=""
    )
    assert said == "unset"


def test_the_users_certificates_stay(shell: Shell) -> None:
    assert shell.run("echo $AWS_CA_BUNDLE", AWS_CA_BUNDLE="/certificates of mine") == "/certificates of mine"
