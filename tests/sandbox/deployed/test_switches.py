"""Environments without some capabilities: the smallest one, and each pair of switches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from terrarium.checkout import ENVIRONMENTS
from terrarium.manifest import Capability
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.switches import EVERYTHING_OFF, SWITCHES, pairwise

_CHECKOUT = Path(__file__).parents[3]
_FILE = """\
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"

[network]
cidr = "10.10.0.0/16"
"""
_EXPERIMENT = """
import sys, terrarium
from pathlib import Path

lab = terrarium.connect("small")
with lab.experiment("smallest-environment").run(params={"C": 1.0}) as run:
    run.log_metrics({"accuracy": 0.5})
    Path(sys.argv[1], "notes.txt").write_text("kept")
    run.log_artifact(Path(sys.argv[1], "notes.txt"))
reference = lab.artifacts.put_bytes(b"content", "switches/content")
assert lab.artifacts.get_bytes(reference) == b"content"
for name in ("datasets", "features", "models", "pipelines", "warehouse"):
    try:
        getattr(lab, name)
    except terrarium.errors.CapabilityDisabledError as error:
        print(name, error, sep=": ")
"""


_CHECKS = {"Athena", "budget", "features offline", "features online", "model registry", "pipeline", "tunnel"}


class _Switched:
    """The environment `small`, whose switches change between deployments."""

    def __init__(self, sandbox: LocalSandbox, folder: Path) -> None:
        self._file = folder / "environments" / "small.toml"
        self._file.parent.mkdir()
        self.switch_off(EVERYTHING_OFF)
        local = LocalSandbox(sandbox.home, sandbox.checkout, environments=self._file.parent)
        self.deployment = Deployment(local, "small", folder / "cdktf.out")
        self.deployment.shell = {**self.deployment.shell, ENVIRONMENTS: str(self._file.parent)}

    def switch_off(self, disabled: frozenset[Capability]) -> None:
        """Write the file of the environment."""
        sections = (SWITCHES[capability].split(".") for capability in sorted(disabled))
        self._file.write_text(
            _FILE + "".join(f"\n[{section}]\n{field} = false\n" for section, field in sections)
        )


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Switched]:
    """The smallest environment, in a sandbox of its own."""
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("home"), checkout=_CHECKOUT)
    sandbox.command("up", "--port", "0")
    environment = _Switched(sandbox, tmp_path_factory.mktemp("switches"))
    environment.deployment.terrarium("bootstrap", "small")
    environment.deployment.deploy()
    environment.deployment.terrarium("images", "push", "small")
    environment.deployment.terrarium("migrate", "small")
    yield environment
    sandbox.command("down")


def test_an_experiment_runs_and_a_disabled_capability_states_how_to_enable_it(
    switched: _Switched, tmp_path: Path
) -> None:
    printed = switched.deployment.python("-c", _EXPERIMENT, str(tmp_path)).stdout
    assert printed.count("the environment small has no ") == 5
    for name, section in (
        ("features", "features"),
        ("models", "registry"),
        ("pipelines", "training_pipelines"),
    ):
        assert f"{name}: the environment small has no " in printed
        assert f"write enabled = true below [{section}] in environments/small.toml" in printed


@pytest.mark.parametrize(
    ("command", "section"),
    [
        (("models", "list", "--environment", "small"), "registry"),
        (("datasets", "list", "--environment", "small"), "features"),
        (("pipelines", "list", "--environment", "small"), "training_pipelines"),
        (("tunnel", "small"), "tunnel"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_commands_of_what_is_off_say_how_to_have_it(
    switched: _Switched, command: tuple[str, ...], section: str
) -> None:
    failed = switched.deployment.terrarium(*command, check=False)
    assert failed.returncode == 1
    assert f"enabled = true below [{section}] in environments/small.toml" in failed.stderr


def test_a_workflow_that_publishes_every_pipeline_finds_none(switched: _Switched) -> None:
    published = switched.deployment.terrarium(
        "pipelines", "publish", "--all", "--environment", "small"
    ).stdout
    assert published == "small has no training pipelines: nothing to publish\n"


def test_describe_lists_what_is_off(switched: _Switched) -> None:
    assert ", ".join(sorted(EVERYTHING_OFF)) in switched.deployment.terrarium("describe", "small").stdout


def test_verify_checks_what_is_there_and_lists_what_is_off(switched: _Switched) -> None:
    printed = switched.deployment.terrarium("verify", "small").stdout
    assert ", 0 failed, " in printed
    off = [line for line in printed.splitlines() if "switched off in environments/small.toml" in line]
    checks = {check for check in _CHECKS if any(f" {check} " in line for line in off)}
    assert checks == _CHECKS


@pytest.mark.slow  # a deployment for each combination
@pytest.mark.parametrize("row", range(1, len(pairwise())))
def test_each_combination_is_deployed_and_verified(switched: _Switched, row: int) -> None:
    switched.switch_off(pairwise()[row])
    switched.deployment.deploy()
    switched.deployment.terrarium("migrate", "small")
    switched.deployment.terrarium("verify", "small")
    plan = switched.deployment.terraform(
        "plan", "-detailed-exitcode", "-input=false", "-no-color", check=False
    )
    assert plan.returncode == 0, plan.stdout + plan.stderr
