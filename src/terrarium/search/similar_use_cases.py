"""Similar use cases: cosine similarity of TF-IDF vectors per field, so that each score can be explained."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from terrarium.record import UseCase
from terrarium.record.tags import USE_CASE
from terrarium.search.tables import tables

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Likeness", "SimilarUseCase", "rank_by_likeness", "read_use_cases"]

# Weight of each field; the sum is 1. Use cases with the same task and the same data are the most useful.
_WEIGHTS: Mapping[str, float] = {
    "task": 0.25,
    "data": 0.25,
    "business_impact": 0.2,
    "evaluation_metric": 0.15,
    "name": 0.05,
    "training_requirements": 0.05,
    "serving_requirements": 0.05,
}
_WORD = re.compile(r"[^\W_]+")


class Likeness(BaseModel):
    """Similarity of two use cases in one field.

    Attributes:
        field: The name of a field of `UseCase`.
        score: Cosine of the fields' TF-IDF vectors: 0 (no common word) to 1 (the same words).
        counts_for: The weight of this field in the total score.
        shared: The common words, rarest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    score: float
    counts_for: float
    shared: tuple[str, ...]


class SimilarUseCase(BaseModel):
    """A use case with its similarity to the one searched for.

    Attributes:
        use_case: The use case, as recorded by its experiment.
        score: The weighted mean of the fields' scores: 0 to 1.
        fields: The similarity in each field, the largest contribution first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    use_case: UseCase
    score: float
    fields: tuple[Likeness, ...]

    def explain(self) -> str:
        """Return the score as text, with one line per field that contributes.

        Example:
            >>> print(lab.experiments.similar(use_case)[0].explain())
            churn-2025: 0.61
              0.25 = task 1.00 x 0.25: churn, predict
        """
        lines = [f"{self.use_case.name}: {self.score:.2f}"]
        lines += [
            f"  {field.score * field.counts_for:.2f} = {field.field} {field.score:.2f} x {field.counts_for:.2f}: "
            f"{', '.join(field.shared)}"
            for field in self.fields
            if field.shared
        ]
        return "\n".join(lines)


def read_use_cases(reader: "Engine") -> list[UseCase]:
    """Return the use cases of all active experiments."""
    from sqlalchemy import select

    kept, experiments = tables().experiment_tags, tables().experiments
    asked = (
        select(kept.c.experiment_id, kept.c.key, kept.c.value)
        .join_from(kept, experiments, kept.c.experiment_id == experiments.c.experiment_id)
        .where(kept.c.key.startswith(f"{USE_CASE}.", autoescape=True))
        .where(experiments.c.lifecycle_stage == "active")
    )
    tags: dict[int, dict[str, str]] = {}
    with reader.connect() as connection:
        for experiment_id, key, value in connection.execute(asked):
            tags.setdefault(experiment_id, {})[key] = value
    found = (UseCase.from_tags(of_one) for of_one in tags.values())
    return [use_case for use_case in found if use_case is not None]


def rank_by_likeness(use_case: UseCase, others: Iterable[UseCase], *, limit: int) -> list[SimilarUseCase]:
    """Return those of `others` that share a word with `use_case`, the most similar first.

    A use case with the same name is skipped.
    """
    candidates = [other for other in others if other.name != use_case.name]
    rarities = {field: _rarities(field, [use_case, *candidates]) for field in _WEIGHTS}
    ranked = [_compared(use_case, other, rarities) for other in candidates]
    ranked.sort(key=lambda found: (-found.score, found.use_case.name))
    return [found for found in ranked if found.score > 0][:limit]


def _compared(one: UseCase, other: UseCase, rarities: Mapping[str, Mapping[str, float]]) -> SimilarUseCase:
    fields = [_likeness(field, one, other, rarities[field]) for field in _WEIGHTS]
    fields.sort(key=lambda field: -field.score * field.counts_for)
    score = sum(field.score * field.counts_for for field in fields)
    return SimilarUseCase(use_case=other, score=score, fields=tuple(fields))


def _likeness(field: str, one: UseCase, other: UseCase, rarity: Mapping[str, float]) -> Likeness:
    first, second = _vector(_words(one, field), rarity), _vector(_words(other, field), rarity)
    shared = sorted(first.keys() & second.keys(), key=lambda word: (-rarity[word], word))
    length = math.hypot(*first.values()) * math.hypot(*second.values())
    score = sum(first[word] * second[word] for word in shared) / length if length else 0.0
    return Likeness(field=field, score=min(score, 1.0), counts_for=_WEIGHTS[field], shared=tuple(shared))


def _words(use_case: UseCase, field: str) -> list[str]:
    value = getattr(use_case, field)
    text = value if isinstance(value, str) else " ".join(value)
    return [word.lower() for word in _WORD.findall(text)]


def _vector(words: list[str], rarity: Mapping[str, float]) -> dict[str, float]:
    return {word: count * rarity[word] for word, count in Counter(words).items()}


def _rarities(field: str, use_cases: list[UseCase]) -> dict[str, float]:
    """Return the inverse document frequency of each word, smoothed as in scikit-learn: a common word is never 0."""
    having = Counter(word for use_case in use_cases for word in set(_words(use_case, field)))
    return {word: math.log((1 + len(use_cases)) / (1 + count)) + 1 for word, count in having.items()}
