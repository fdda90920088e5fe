"""Policy checks of all environments: checkov alone, and all tools, as whole processes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.side_by_side import Comparison, side_by_side
from policies.isolated.checkov import CheckovScan
from policies.stack import Stack
from policies.verdict import judge, synthesized

__all__ = ["compare"]


def compare() -> Iterator[Comparison]:
    """Compare checkov alone with all tools on the same stacks; the goal is less than 12 seconds."""
    with TemporaryDirectory() as out, TemporaryDirectory() as home:
        stacks = synthesized(Path(out))

        def together() -> None:
            assert list(_scan(stacks, Path(home)))

        def one_by_one() -> None:
            for stack in stacks:
                assert list(_scan((stack,), Path(home)))

        def every_tool() -> None:
            judge(stacks, today=datetime.now(UTC).date())

        yield side_by_side(
            "checkov over every environment",
            {f"{len(stacks)} separate runs": one_by_one, "one run": together},
            rounds=3,
            at_most=0.7,
        )
        # The checks with AWS models run in parallel to checkov: on two cores, the longer one determines the time.
        yield side_by_side(
            "judging every environment",
            {"checkov alone": together, "every tool": every_tool},
            rounds=3,
            at_most=2.5,
        )


def _scan(stacks: tuple[Stack, ...], home: Path) -> Iterator[object]:
    return CheckovScan(stacks, home=home).findings()
