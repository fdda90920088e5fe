"""What a run is made of, in the order in which one thing causes the next, and where two runs differ in it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from pydantic import BaseModel, ConfigDict

from terrarium.record import RunRecord

__all__ = [
    "Difference",
    "Ingredient",
    "differing_metrics",
    "differing_packages",
    "differing_records",
    "ordered",
]


class Ingredient(Enum):
    """Causes before effects: other code draws other seeds, another seed makes another split."""

    CODE = "code"
    DEPENDENCY = "dependency"
    SEED = "seed"
    DATA = "data"
    HYPERPARAMETER = "hyperparameter"
    METRIC = "metric"


class Difference(BaseModel):
    """Something that is not as it was.

    Attributes:
        ingredient: What kind of thing.
        what: Which one, e.g. `scikit-learn`, `train of telco.customers`, `roc_auc`.
        recorded: As it is on record; None if it was not there.
        now: As it is now; None if it is not there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ingredient: Ingredient
    what: str
    recorded: str | None
    now: str | None

    def __str__(self) -> str:
        return f"{self.ingredient.value}: {self.what}: {self.recorded or '(none)'} -> {self.now or '(none)'}"


def ordered(differences: Iterable[Difference]) -> list[Difference]:
    """Causes first."""
    causes = list(Ingredient)
    return sorted(differences, key=lambda difference: causes.index(difference.ingredient))


def differing_packages(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Another interpreter, and recorded packages of another version or missing; what came on top is no matter."""
    then, today = recorded.environment, now.environment
    if then is None or today is None:
        return
    interpreter = (f"{then.implementation} {then.python}", f"{today.implementation} {today.python}")
    yield from _differing(Ingredient.DEPENDENCY, {"Python": interpreter[0]}, {"Python": interpreter[1]})
    common = {name: today.packages[name] for name in then.packages if name in today.packages}
    yield from _differing(Ingredient.DEPENDENCY, then.packages, common)


def differing_records(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Seeds, data and hyperparameters that are not as recorded."""
    yield from _differing(Ingredient.SEED, _seeds(recorded), _seeds(now))
    yield from _differing(Ingredient.DATA, _data(recorded), _data(now))
    yield from _differing(Ingredient.HYPERPARAMETER, _params(recorded), _params(now))


def differing_chance(recorded: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Generators that started from another state; of account only where nothing else tells why metrics differ."""
    then, today = (record.seeds.states if record.seeds else {} for record in (recorded, now))
    common = then.keys() & today.keys()
    yield from _differing(
        Ingredient.SEED,
        {f"state of {name}": then[name] for name in sorted(common)},
        {f"state of {name}": today[name] for name in sorted(common)},
    )


def differing_metrics(
    recorded: Mapping[str, float], now: Mapping[str, float], *, tolerance: float
) -> Iterator[Difference]:
    """Recorded metrics that came out differently by more than `tolerance`, relative to the larger, or not at all."""
    for name, value in recorded.items():
        again = now.get(name)
        if again is None or not _close(value, again, tolerance):
            yield Difference(
                ingredient=Ingredient.METRIC,
                what=name,
                recorded=repr(value),
                now=None if again is None else repr(again),
            )


def _close(one: float, other: float, tolerance: float) -> bool:
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-12)


def _differing(
    ingredient: Ingredient, recorded: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Difference]:
    for what in dict.fromkeys([*recorded, *now]):
        if recorded.get(what) != now.get(what):
            yield Difference(ingredient=ingredient, what=what, recorded=recorded.get(what), now=now.get(what))


def _seeds(record: RunRecord) -> dict[str, str]:
    """Of the run, the splits and the validation procedure, and of generators that admit to one."""
    return {name: str(seed) for name, seed in record.seeds.given.items()} if record.seeds else {}


def _data(record: RunRecord) -> dict[str, str]:
    """Part -> its version: the Iceberg snapshot and the rows chosen from it, or the digest of its content."""
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
