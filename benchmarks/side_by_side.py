"""Timing of alternatives in turns, so that other load of the machine affects all of them."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Comparison", "side_by_side"]


@dataclass(frozen=True)
class Comparison:
    """Result: seconds of every round by alternative. The first alternative is the reference.

    Args:
        title: Title of the table.
        seconds: Seconds of each round, by alternative.
        at_most: The largest allowed ratio to the first alternative.
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
        title: Title of the table.
        alternatives: Functions by name; the first one is the reference.
        rounds: Number of rounds.
        at_most: The largest allowed ratio to the first alternative.
    """
    seconds: dict[str, list[float]] = {name: [] for name in alternatives}
    for _ in range(rounds):
        for name, run in alternatives.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return Comparison(title=title, seconds=seconds, at_most=at_most)
