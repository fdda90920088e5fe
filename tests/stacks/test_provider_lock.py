"""Hashes of Terraform's provider, beside each synthesized stack."""

from pathlib import Path

import pytest

from stacks.provider_lock import LOCKS, lock_of_platform, write_provider_locks
from tests.stacks.synthesized import Synthesized


@pytest.fixture
def outdir(tmp_path: Path) -> Path:
    (tmp_path / "stacks" / "dev").mkdir(parents=True)
    (tmp_path / "stacks" / "dev" / "cdk.tf.json").touch()
    return tmp_path


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.hcl")), ids=lambda lock: lock.stem)
def test_locks_are_of_the_version_that_the_stacks_require(stacks: dict[str, Synthesized], lock: Path) -> None:
    versions = {
        stack.document["terraform"]["required_providers"]["aws"]["version"] for stack in stacks.values()
    }
    assert [f'constraints = "{version}"' in lock.read_text() for version in versions] == [True], (
        "run: make lock-providers"
    )


def test_a_stack_gets_the_lock_of_its_platform(outdir: Path, tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    lock_of_platform(locks).write_text("hashes")
    (locks / "plan9_mips.hcl").write_text("others")
    write_provider_locks(outdir, locks=locks)
    assert (outdir / "stacks" / "dev" / ".terraform.lock.hcl").read_text() == "hashes"


def test_a_platform_without_a_lock_can_deploy(outdir: Path, tmp_path: Path) -> None:
    """Terraform then checks the signature of the provider only."""
    write_provider_locks(outdir, locks=tmp_path)
    assert not (outdir / "stacks" / "dev" / ".terraform.lock.hcl").exists()
