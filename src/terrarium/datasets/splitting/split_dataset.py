"""Splitting of datasets: the methods `split` and `folds` of `lab.datasets`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from terrarium.arguments import Seed, checked_methods
from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.proportions import checked_proportions, upper_bounds

if TYPE_CHECKING:
    from terrarium.datasets.dataset import Dataset
    from terrarium.datasets.splitting.assignment import Assignment
    from terrarium.datasets.splitting.part_statistics import PartStatistics
    from terrarium.datasets.splitting.split import Split

__all__ = ["Splitting"]

_MOST_FOLDS = 100


@checked_methods
class Splitting(ABC):
    """The part of `Datasets` that splits."""

    @abstractmethod
    def get(self, name: str) -> "Dataset":
        """Return the dataset at its current version."""

    def split(
        self,
        name: "str | Dataset",
        *,
        by: str | Sequence[str],
        train: float = 0.7,
        validation: float = 0.15,
        test: float = 0.15,
        seed: Seed = 7,
        strategy: Literal["random", "stratified", "grouped", "time"] = "random",
        stratify: str | Sequence[str] = (),
        cuts: Sequence[date | int | float] = (),
        leakage: Literal["refuse", "allow"] = "refuse",
    ) -> "Split":
        """Split a version of a dataset, deterministically: the values of a row alone decide where it goes.

        | strategy | `by` | parts |
        |---|---|---|
        | `random` | the key of a row | by the hash of key and seed; added rows move no other row |
        | `grouped` | the group, such as the household | as `random`, for whole groups |
        | `stratified` | the key of a row | the same share of each value of `stratify`, exact within one row |
        | `time` | the time of a row | the earliest rows to train on, the latest to test on |

        Args:
            name: Name of a dataset, for its current version; or a dataset at the version to split.
            by: Column or columns.
            train: Share of the rows; for splits by hash, the probability.
            validation: As `train`; 0 for no such part.
            test: As `train`; 0 for no such part.
            seed: A different seed produces a different split.
            strategy: See the table.
            stratify: Column or columns, for a stratified split.
            cuts: For a split by time, the first time of each part but the first. Default: chosen to meet the shares.
            leakage: Whether a key with rows in two parts is refused.

        Returns:
            The parts, to read and to record: `split.train.read()`, `experiment.run(splits=split)`.

        Raises:
            SplitError: The parts do not add up to 1, or the dataset cannot be split in this way.
            LeakageError: A key has rows in two parts.
            SelectionError: A column does not exist.

        Example:
            >>> split = lab.datasets.split("telco.customers", by="customer_id", train=0.7, validation=0.15, test=0.15)
        """
        from terrarium.datasets.splitting.split import Split

        dataset = self._version(name)
        columns, strata = _several(by), _several(stratify)
        _check_arguments(strategy, columns, strata, cuts)
        shares = checked_proportions({"train": train, "validation": validation, "test": test})
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

    def folds(
        self,
        name: "str | Dataset",
        *,
        by: str | Sequence[str],
        folds: int = 5,
        seed: Seed = 7,
        strategy: Literal["random", "stratified", "grouped"] = "random",
        stratify: str | Sequence[str] = (),
        leakage: Literal["refuse", "allow"] = "refuse",
    ) -> "tuple[Split, ...]":
        """Return splits for cross-validation: one per fold, as `validation`, with all other folds as `train`.

        Args:
            name: Name of a dataset, for its current version; or a dataset at the version to split.
            by: Column or columns: the key of a row, or the group.
            folds: Number of folds.
            seed: A different seed produces different folds.
            strategy: As in `split`.
            stratify: Column or columns, for stratified folds.
            leakage: Whether a key with rows in two folds is refused.

        Raises:
            SplitError: The dataset cannot be split in this way.
            LeakageError: A key has rows in two folds.
            SelectionError: A column does not exist.

        Example:
            >>> folds = lab.datasets.folds("telco.customers", by="customer_id", folds=5)
        """
        from terrarium.datasets.splitting.split import Split

        if not 2 <= folds <= _MOST_FOLDS:
            raise SplitError(f"{folds} folds are not possible", remedy=f"choose 2 to {_MOST_FOLDS}")
        dataset = self._version(name)
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

    def _version(self, name: "str | Dataset") -> "Dataset":
        return self.get(name) if isinstance(name, str) else name


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
