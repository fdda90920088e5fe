"""Differences between two runs by kind. The kinds are ordered from causes to effects."""

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from pydantic import BaseModel, ConfigDict

from terrarium.record import RunRecord

__all__ = [
    "Difference",
    "DifferenceKind",
    "differing_metrics",
    "differing_packages",
    "differing_records",
    "ordered",
]


class DifferenceKind(Enum):
    """The kind of a difference, ordered from causes to effects: code can change seeds, seeds change splits."""

    CODE = "code"
    DEPENDENCY = "dependency"
    SEED = "seed"
    DATA = "data"
    HYPERPARAMETER = "hyperparameter"
    METRIC = "metric"


class Difference(BaseModel):
    """A value that differs from the recorded one.

    Attributes:
        kind: The kind of the value.
        what: The name of the value, e.g. `scikit-learn`, `train of telco.customers`, `roc_auc`.
        recorded: The recorded value; None if there was none.
        now: The current value; None if there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: DifferenceKind
    what: str
    recorded: str | None
    now: str | None

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what}: {self.recorded or '(none)'} -> {self.now or '(none)'}"


def ordered(differences: Iterable[Difference]) -> list[Difference]:
    """Return the differences in the order of their kinds, causes first."""
    causes = list(DifferenceKind)
    return sorted(differences, key=lambda difference: causes.index(difference.kind))


def differing_packages(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Yield a different interpreter, and recorded packages that are missing or have another version.

    Additional packages are not a difference.
    """
    then, today = recorded.environment, now.environment
    if then is None or today is None:
        return
    interpreter = (f"{then.implementation} {then.python}", f"{today.implementation} {today.python}")
    yield from _differing(DifferenceKind.DEPENDENCY, {"Python": interpreter[0]}, {"Python": interpreter[1]})
    common = {name: today.packages[name] for name in then.packages if name in today.packages}
    yield from _differing(DifferenceKind.DEPENDENCY, then.packages, common)


def differing_records(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Yield seeds, data and hyperparameters that differ from the record."""
    yield from _differing(DifferenceKind.SEED, _seeds(recorded), _seeds(now))
    yield from _differing(DifferenceKind.DATA, _data(recorded), _data(now))
    yield from _differing(DifferenceKind.HYPERPARAMETER, _params(recorded), _params(now))


def differing_states(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Yield random number generators with another initial state, which matter only if nothing else differs."""
    then, today = (record.seeds.states if record.seeds else {} for record in (recorded, now))
    common = then.keys() & today.keys()
    yield from _differing(
        DifferenceKind.SEED,
        {f"state of {name}": then[name] for name in sorted(common)},
        {f"state of {name}": today[name] for name in sorted(common)},
    )


def differing_metrics(
    recorded: Mapping[str, float], now: Mapping[str, float], *, tolerance: float
) -> Iterator[Difference]:
    """Yield recorded metrics that are missing or differ by more than `tolerance`, relative to the larger value."""
    for name, value in recorded.items():
        again = now.get(name)
        if again is None or not _close(value, again, tolerance):
            yield Difference(
                kind=DifferenceKind.METRIC,
                what=name,
                recorded=repr(value),
                now=None if again is None else repr(again),
            )


def _close(one: float, other: float, tolerance: float) -> bool:
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-12)


def _differing(
    kind: DifferenceKind, recorded: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Difference]:
    for what in dict.fromkeys([*recorded, *now]):
        if recorded.get(what) != now.get(what):
            yield Difference(kind=kind, what=what, recorded=recorded.get(what), now=now.get(what))


def _seeds(record: RunRecord) -> dict[str, str]:
    """Return the seeds of the run, the splits, the validation procedure and generators with a known seed."""
    return {name: str(seed) for name, seed in record.seeds.given.items()} if record.seeds else {}


def _data(record: RunRecord) -> dict[str, str]:
    """Return part -> version: the Iceberg snapshot and the predicate of its rows, or the digest of the content."""
    found = {}
    for part in record.parts:
        pins = {
            "snapshot": part.snapshot_id,
            "where": part.predicate,
            "rows": part.rows,
            "digest": part.digest,
        }
        stated = [f"{name} {value}" for name, value in pins.items() if value is not None]
        found[f"{part.name} of {part.dataset}"] = ", ".join(stated)
    return found


def _params(record: RunRecord) -> dict[str, str]:
    return record.hyperparameters.params if record.hyperparameters else {}
