"""The verdict on every environment: synthesized once, looked at by every tool side by side."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from environments import load_environment
from policies.catalogue import own_findings
from policies.finding import Finding
from policies.isolated.checkov import CheckovScan
from policies.isolated.cloudsplaining import CloudsplainingScan
from policies.stack import Stack, read_stack
from policies.waivers import Verdict, reconcile
from terrarium.errors import Error

__all__ = ["judge", "judge_everything", "synthesized"]

_ROOT = Path(__file__).parents[1]


def judge_everything(*, today: date) -> Verdict:
    """Synthesize every environment of the checkout, and judge them.

    Raises:
        terrarium.errors.Error: There is no verdict: nothing could be synthesized, or a tool failed.
    """
    with TemporaryDirectory(prefix="terrarium-policy-") as folder:
        return judge(synthesized(Path(folder)), folder=Path(folder) / "stacks", today=today)


def synthesized(outdir: Path) -> tuple[Stack, ...]:
    """Synthesize the checkout's stacks into `outdir`, and read them."""
    done = subprocess.run(
        [sys.executable, "-m", "stacks"],
        cwd=_ROOT,
        env={**os.environ, "CDKTF_OUTDIR": str(outdir), "PYTHONPATH": _python_path()},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Error(
            f"the stacks cannot be synthesized:\n{done.stderr}", remedy="see that `python -m stacks` works"
        )
    files = sorted((outdir / "stacks").glob("*/cdk.tf.json"))
    return tuple(read_stack(file, tier=load_environment(file.parent.name).tier) for file in files)


def judge(stacks: tuple[Stack, ...], *, folder: Path, today: date) -> Verdict:
    """Judge stacks that lie in `folder`, as `<environment>/cdk.tf.json`."""
    return reconcile(_findings(stacks, folder), stacks, today=today)


def _findings(stacks: tuple[Stack, ...], folder: Path) -> Iterator[Finding]:
    with TemporaryDirectory(prefix="terrarium-policy-") as home:
        checkov = CheckovScan(stacks, folder=folder, home=Path(home))
        cloudsplaining = CloudsplainingScan(stacks, home=Path(home))
        for stack in stacks:
            yield from own_findings(stack)
        yield from cloudsplaining.findings()
        yield from checkov.findings()


def _python_path() -> str:
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(part for part in (str(_ROOT / "src"), inherited) if part)
