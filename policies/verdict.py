"""Verdict on all environments: the stacks are synthesized once, and all tools check them in parallel."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from environments import load_environment
from policies.aws.values.scan import ValueScan
from policies.catalogue import own_findings, plan_findings, unanswered
from policies.finding import Finding
from policies.isolated.checkov import CheckovScan
from policies.isolated.cloudsplaining import CloudsplainingScan
from policies.plan.gather_plans import gather_plans
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack, read_stack
from policies.waivers import Verdict, reconcile
from terrarium.errors import Error

__all__ = ["judge", "judge_everything", "synthesized"]

_ROOT = Path(__file__).parents[1]


def judge_everything(
    *, today: date, plans: Mapping[str, Path] | None = None, report: Callable[[str], None] = print
) -> Verdict:
    """Synthesize every environment of the checkout, and check the stacks and their plans.

    Args:
        today: The day on which waivers must be valid.
        plans: Files of plans, by environment. For other environments, the plan that `cdktf diff` left is checked
            if it matches the stack.
        report: Called with one line per plan that was found: whether it is checked.

    Raises:
        terrarium.errors.Error: The stacks cannot be synthesized, a tool failed, or a named plan does not match the
            current stack.
    """
    with TemporaryDirectory(prefix="terrarium-policy-") as folder:
        stacks = synthesized(Path(folder))
        planned = gather_plans(stacks, plans or {}, checkout=_ROOT, report=report)
        return judge(stacks, today=today, planned=planned)


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
            f"the stacks cannot be synthesized:\n{done.stderr}",
            remedy="fix the error that `python -m stacks` prints",
        )
    files = sorted((outdir / "stacks").glob("*/cdk.tf.json"))
    return tuple(read_stack(file, tier=load_environment(file.parent.name).tier) for file in files)


def judge(stacks: tuple[Stack, ...], *, today: date, planned: tuple[PlannedStack, ...] = ()) -> Verdict:
    """Check the stacks, and the plans of some of them."""
    return reconcile(_findings(stacks, planned, today), stacks, today=today, planned=planned)


def _findings(stacks: tuple[Stack, ...], planned: tuple[PlannedStack, ...], today: date) -> Iterator[Finding]:
    with TemporaryDirectory(prefix="terrarium-policy-") as home:
        checkov = CheckovScan(stacks, home=Path(home), plans=planned)
        values = ValueScan(stacks, plans=planned, today=today, home=Path(home))
        cloudsplaining = [CloudsplainingScan(looked_at, home=Path(home)) for looked_at in (stacks, planned)]
        own = [
            [finding for stack in looked_at for finding in own_findings(stack)]
            for looked_at in (stacks, planned)
        ]
        of_stacks, of_plans = (
            [*ours, *scan.findings()] for ours, scan in zip(own, cloudsplaining, strict=True)
        )
        by_checkov = unanswered(checkov.findings(), [*of_stacks, *of_plans], (*stacks, *planned))
        values_of_stacks, values_of_plans = values.findings()
        of_stacks, of_plans = [*of_stacks, *values_of_stacks], [*of_plans, *values_of_plans]
        yield from _without_repetition([*of_stacks, *by_checkov], of_plans)
    for stack in planned:
        yield from plan_findings(stack)


def _without_repetition(findings: list[Finding], of_plans: list[Finding]) -> Iterator[Finding]:
    # A plan repeats the findings of its stack, with other texts.
    known = {(finding.environment, finding.resource, finding.check) for finding in findings}
    yield from dict.fromkeys(findings)
    for finding in of_plans:
        if (finding.environment, finding.resource, finding.check) not in known:
            yield finding.model_copy(update={"problem": f"as planned: {finding.problem}"})


def _python_path() -> str:
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(part for part in (str(_ROOT / "src"), inherited) if part)
