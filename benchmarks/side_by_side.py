"""Times alternatives side by side: in turns, so that what else the machine does falls on all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Comparison", "side_by_side"]


@dataclass(frozen=True)
class Comparison:
    """Result: seconds of every round by alternative. The first alternative is the reference.

    Args:
        title: What was timed.
        seconds: By alternative, one figure per round.
        at_most: The ratio to the first alternative that the others are meant to keep within.
    """

    title: str
    seconds: Mapping[str, Sequence[float]]
    at_most: float

    def median(self, alternative: str) -> float:
        """Return the median of the rounds, in seconds."""
        return statistics.median(self.seconds[alternative])

    def ratio(self, alternative: str) -> float:
        """Return the median of the rounds' ratios to the first alternative."""
        first = next(iter(self.seconds.values()))
        return statistics.median(
            own / stock for own, stock in zip(self.seconds[alternative], first, strict=True)
        )


def side_by_side(
    title: str, alternatives: Mapping[str, Callable[[], object]], *, rounds: int, at_most: float
) -> Comparison:
    """Run every alternative once per round.

    Args:
        title: What is timed.
        alternatives: By name; the one to compare with comes first.
        rounds: How often each is run.
        at_most: The ratio that the others are meant to keep within.
    """
    seconds: dict[str, list[float]] = {name: [] for name in alternatives}
    for _ in range(rounds):
        for name, run in alternatives.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return Comparison(title=title, seconds=seconds, at_most=at_most)
