"""Splits of a dataset into parts, and into folds for cross-validation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.proportions import checked_proportions, upper_bounds

if TYPE_CHECKING:
    from terrarium.datasets._dataset import Dataset
    from terrarium.datasets.splitting.assignment import Assignment
    from terrarium.datasets.splitting.part_statistics import PartStatistics
    from terrarium.datasets.splitting.split import Split

__all__ = ["fold_dataset", "split_dataset"]

_MOST_FOLDS = 100


def split_dataset(
    dataset: "Dataset",
    *,
    by: str | Sequence[str],
    shares: Mapping[str, float],
    seed: int,
    strategy: str,
    stratify: str | Sequence[str],
    cuts: Sequence[date | int | float],
    leakage: str,
) -> "Split":
    """Return the parts of a dataset with these shares; see `Datasets.split`."""
    from terrarium.datasets.splitting.split import Split

    columns, strata = _several(by), _several(stratify)
    _check_arguments(strategy, columns, strata, cuts)
    shares = checked_proportions(shares)
    assignment = _assignment(dataset, strategy, columns, strata, cuts, shares, seed)
    key = () if strategy == "time" else columns
    statistics = _measured(dataset, assignment, len(shares), key=key, strategy=strategy, leakage=leakage)
    return Split.make(
        dataset,
        assignment,
        statistics,
        parts={part: (number,) for number, part in enumerate(shares)},
        key=key,
        strategy=_words(strategy, columns, strata),
        seed=None if strategy == "time" else seed,
    )


def fold_dataset(
    dataset: "Dataset",
    *,
    by: str | Sequence[str],
    folds: int,
    seed: int,
    strategy: str,
    stratify: str | Sequence[str],
    leakage: str,
) -> "tuple[Split, ...]":
    """Return a split for each fold of a dataset; see `Datasets.folds`."""
    from terrarium.datasets.splitting.split import Split

    if not 2 <= folds <= _MOST_FOLDS:
        raise SplitError(f"{folds} folds are not possible", remedy=f"choose 2 to {_MOST_FOLDS}")
    columns, strata = _several(by), _several(stratify)
    _check_arguments(strategy, columns, strata, ())
    shares = {str(fold): 1 / folds for fold in range(folds)}
    assignment = _assignment(dataset, strategy, columns, strata, (), shares, seed)
    statistics = _measured(dataset, assignment, folds, key=columns, strategy=strategy, leakage=leakage)
    return tuple(
        Split.make(
            dataset,
            assignment,
            statistics,
            parts={"train": [other for other in range(folds) if other != fold], "validation": (fold,)},
            key=columns,
            strategy=f"fold {fold + 1} of {folds}, {_words(strategy, columns, strata)}",
            seed=seed,
        )
        for fold in range(folds)
    )


def _check_arguments(
    strategy: str, columns: tuple[str, ...], strata: tuple[str, ...], cuts: Sequence[object]
) -> None:
    if strategy not in ("random", "stratified", "grouped", "time"):
        raise SplitError(
            f"there is no strategy {strategy!r}", remedy="choose random, stratified, grouped or time"
        )
    if bool(strata) != (strategy == "stratified"):
        raise SplitError(
            f"a {strategy} split {'has no' if strata else 'needs'} columns to stratify by",
            remedy="use strategy='stratified' and stratify='churned' together",
        )
    if strategy == "time" and len(columns) != 1:
        raise SplitError("a split by time needs exactly one column", remedy="by='signed_up'")
    if cuts and strategy != "time":
        raise SplitError(f"a {strategy} split has no cuts", remedy="use cuts with strategy='time'")
    if not columns:
        raise SplitError("a split needs at least one column", remedy="by='customer_id'")


def _assignment(
    dataset: "Dataset",
    strategy: str,
    columns: tuple[str, ...],
    strata: tuple[str, ...],
    cuts: Sequence[date | int | float],
    shares: dict[str, float],
    seed: int,
) -> "Assignment":
    from terrarium.datasets.splitting.assignment import ByHash
    from terrarium.datasets.splitting.fit_assignment import (
        check_no_nulls,
        explicit_cuts,
        fit_cuts,
        fit_strata,
    )

    needed = dataset.read(tuple(dict.fromkeys([*columns, *strata])))
    check_no_nulls(needed.to_tables(), columns, dataset=dataset.name)
    if strategy == "stratified":
        return fit_strata(needed.to_tables(), key=columns, strata=strata, shares=shares, seed=seed)
    if strategy == "time":
        (time,) = columns
        if cuts:
            return explicit_cuts(needed.schema.field(time).type, column=time, cuts=cuts, parts=len(shares))
        return fit_cuts(needed.to_arrow()[time], column=time, shares=shares)
    return ByHash(columns=columns, seed=seed, bounds=upper_bounds(shares))


def _measured(
    dataset: "Dataset",
    assignment: "Assignment",
    parts: int,
    *,
    key: tuple[str, ...],
    strategy: str,
    leakage: str,
) -> "PartStatistics":
    from terrarium.datasets.splitting.leakage import LeakageReport
    from terrarium.datasets.splitting.part_statistics import measure_parts

    rows = dataset.read()
    statistics = measure_parts(rows.to_tables(), rows.schema, assignment, parts=parts, key=key)
    # The hash of a key alone puts a key into one part; its ranks in several strata may put it into two.
    if strategy == "stratified" and leakage == "refuse":
        LeakageReport(keys=statistics.crossing_keys).raise_for_leakage(dataset=dataset.name)
    return statistics


def _words(strategy: str, columns: tuple[str, ...], strata: tuple[str, ...]) -> str:
    of = f" of {', '.join(strata)}" if strata else ""
    return f"{strategy}{of} by {', '.join(columns)}"


def _several(columns: str | Sequence[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)
