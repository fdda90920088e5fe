"""Changes of an environment's tier: nothing is lost, in either direction."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from terrarium.checkout import ENVIRONMENTS, environments_folder
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_person

_CHECKOUT = Path(__file__).parents[3]

pytestmark = pytest.mark.slow  # four deployments


class _Tiers:
    """The environment `dev`, whose file changes between deployments."""

    def __init__(self, sandbox: LocalSandbox, folder: Path) -> None:
        self.deployment = Deployment(sandbox, "dev", folder / "cdktf.out")
        self._file = folder / "environments" / "dev.toml"
        shutil.copytree(environments_folder(_CHECKOUT), self._file.parent)
        self.deployment.shell = {**self.deployment.shell, ENVIRONMENTS: str(self._file.parent)}

    def write(self, old: str, new: str) -> None:
        """Change the file of the environment."""
        text = self._file.read_text()
        assert old in text
        self._file.write_text(text.replace(old, new))

    def work(self, *commands: str) -> list[Any]:
        """Run commands of a user; what they read."""
        printed = self.deployment.python("-m", "tests.sandbox.upgrade.work", "dev", "tiers", *commands).stdout
        return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    def approve(self) -> None:
        """Approve the champion, as another person than its submitter."""
        scientist = "arn:aws:iam::111111111111:role/terrarium-dev-scientist"
        grace = as_person(self.deployment.sandbox, "dev", scientist, name="grace")
        person = Deployment(self.deployment.sandbox, "dev", self.deployment.outdir)
        person.shell = {**grace.variables, "PATH": self.deployment.shell["PATH"]}
        person.terrarium("models", "approve", "tiers/1", "--environment", "dev", "--reason", "it is critical")

    def differences(self) -> str:
        """Return the changes in a second plan."""
        plan = self.deployment.terraform(
            "plan", "-detailed-exitcode", "-input=false", "-no-color", check=False
        )
        return "" if plan.returncode == 0 else plan.stdout + plan.stderr

    def lock(self, bucket: str) -> tuple[str, int] | None:
        """Return mode and days of the default lock of a bucket; None if it locks nothing."""
        s3 = self.deployment.sandbox.client("s3", "dev")
        found = s3.get_object_lock_configuration(Bucket=f"terrarium-dev-{bucket}-111111111111")
        rule = found["ObjectLockConfiguration"].get("Rule")
        return (rule["DefaultRetention"]["Mode"], rule["DefaultRetention"]["Days"]) if rule else None


def test_data_survives_every_change_of_the_tier(own_sandbox: LocalSandbox, tmp_path: Path) -> None:
    """Disposable, standard, critical, and back to disposable. Each time, a second plan is empty."""
    own_sandbox.command("up", "--port", "0")
    dev = _Tiers(own_sandbox, tmp_path)
    dev.deployment.terrarium("bootstrap", "dev")
    dev.deployment.deploy()
    dev.work("migrate", "write-metadata", "write-data")
    written = dev.work("read-metadata", "read-data")
    assert len(written) == 2

    dev.write('tier = "disposable"', 'tier = "standard"')
    planned = dev.deployment.terrarium("plan", "dev", check=False)
    assert planned.returncode == 0, "nothing that holds data is deleted or replaced"
    assert '| `tier` | `"disposable"` | `"standard"` | in place.' in planned.stdout
    dev.deployment.deploy()
    assert dev.differences() == ""
    assert dev.work("read-metadata", "read-data") == written
    assert dev.lock("models") == ("GOVERNANCE", 30)

    dev.write('tier = "standard"', 'tier = "critical"')
    planned = dev.deployment.terrarium("plan", "dev", check=False)
    assert (
        "| `registry.approval` | `false` | `true` | in place with interruption. A champion" in planned.stdout
    )
    dev.approve()
    dev.deployment.deploy()
    assert dev.differences() == ""
    assert dev.work("read-metadata", "read-data") == written
    assert dev.lock("audit") == ("COMPLIANCE", 365)

    dev.write('tier = "critical"', 'tier = "disposable"')
    refused = dev.deployment.terrarium("plan", "dev", check=False)
    assert refused.returncode == 1
    assert "network.availability_zones cannot change from 3 to 2" in refused.stderr
    dev.write("[network]\n", "[network]\navailability_zones = 3\n")
    dev.deployment.deploy()
    assert dev.differences() == ""
    assert dev.work("read-metadata", "read-data") == written
    assert dev.lock("models") is None
