"""What `lab.datasets` does to split datasets."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from terrarium.arguments import Seed, checked_methods
from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.proportions import checked_proportions, upper_bounds

if TYPE_CHECKING:
    from terrarium.datasets.dataset import Dataset
    from terrarium.datasets.service import Datasets
    from terrarium.datasets.splitting.assignment import Assignment
    from terrarium.datasets.splitting.examination import Examined
    from terrarium.datasets.splitting.split import Split

__all__ = ["Splitting"]

_MOST_FOLDS = 100


@checked_methods
class Splitting:
    """The part of `Datasets` that splits."""

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
        """Part a version of a dataset, deterministically: a row's values alone decide where it goes.

        | strategy | `by` | parts |
        |---|---|---|
        | `random` | the key of a row | by the hash of key and seed; rows that come later move no others |
        | `grouped` | the group, e.g. the household | the same, whole groups |
        | `stratified` | the key of a row | of each value of `stratify` the same share, exact within one row |
        | `time` | when the row happened | the earliest to train on, the latest to test on |

        Args:
            name: The dataset's, for its current version; or a dataset at the version to split.
            by: Column or columns.
            train: Share of the rows; or, by hash, their probability.
            validation: The same; 0 for no such part.
            test: The same; 0 for no such part.
            seed: Another one deals anew.
            strategy: How.
            stratify: Column or columns, of a stratified split.
            cuts: Of a split by time: the first moment of each part but the first; omitted, such that the shares are
                met.
            leakage: Whether a key with rows in two parts is refused.

        Returns:
            The parts, which can be read and recorded: `split.train.read()`, `experiment.run(splits=split)`.

        Raises:
            SplitError: The parts do not add up to 1, or the dataset cannot be split this way.
            LeakageError: A key has rows in two parts.
            SelectionError: There is no such column.
        """
        from terrarium.datasets.splitting.split import Split

        dataset = self._version(name)
        columns, strata = _several(by), _several(stratify)
        _check_arguments(strategy, columns, strata, cuts)
        shares = checked_proportions({"train": train, "validation": validation, "test": test})
        assignment = _assignment(dataset, strategy, columns, strata, cuts, shares, seed)
        key = () if strategy == "time" else columns
        examined = _examined(dataset, assignment, len(shares), key=key, strategy=strategy, leakage=leakage)
        return Split.make(
            dataset,
            assignment,
            examined,
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
        """Cross-validation: a split for each fold, with it as `validation` and all others as `train`.

        Args:
            name: The dataset's, for its current version; or a dataset at the version to split.
            by: Column or columns: the key of a row, or the group.
            folds: How many.
            seed: Another one deals anew.
            strategy: As of `split`.
            stratify: Column or columns, of stratified folds.
            leakage: Whether a key with rows in two folds is refused.

        Raises:
            SplitError: The dataset cannot be split this way.
            LeakageError: A key has rows in two folds.
            SelectionError: There is no such column.
        """
        from terrarium.datasets.splitting.split import Split

        if not 2 <= folds <= _MOST_FOLDS:
            raise SplitError(f"there cannot be {folds} folds", remedy=f"ask for 2 to {_MOST_FOLDS}")
        dataset = self._version(name)
        columns, strata = _several(by), _several(stratify)
        _check_arguments(strategy, columns, strata, ())
        shares = {str(fold): 1 / folds for fold in range(folds)}
        assignment = _assignment(dataset, strategy, columns, strata, (), shares, seed)
        examined = _examined(dataset, assignment, folds, key=columns, strategy=strategy, leakage=leakage)
        return tuple(
            Split.make(
                dataset,
                assignment,
                examined,
                parts={"train": [other for other in range(folds) if other != fold], "validation": (fold,)},
                key=columns,
                strategy=f"fold {fold + 1} of {folds}, {_words(strategy, columns, strata)}",
                seed=seed,
            )
            for fold in range(folds)
        )

    def _version(self, name: "str | Dataset") -> "Dataset":
        return cast("Datasets", self).get(name) if isinstance(name, str) else name


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
            remedy="strategy='stratified' and stratify='churned' go together",
        )
    if strategy == "time" and len(columns) != 1:
        raise SplitError("a split by time is by one column", remedy="by='signed_up'")
    if cuts and strategy != "time":
        raise SplitError(f"a {strategy} split has no cuts", remedy="strategy='time' has")
    if not columns:
        raise SplitError("a split is by at least one column", remedy="by='customer_id'")


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
    from terrarium.datasets.splitting.fitting import check_no_nulls, fit_cuts, fit_strata, given_cuts

    needed = dataset.read(tuple(dict.fromkeys([*columns, *strata])))
    check_no_nulls(needed.to_tables(), columns, dataset=dataset.name)
    if strategy == "stratified":
        return fit_strata(needed.to_tables(), key=columns, strata=strata, shares=shares, seed=seed)
    if strategy == "time":
        (time,) = columns
        if cuts:
            return given_cuts(needed.schema.field(time).type, column=time, cuts=cuts, parts=len(shares))
        return fit_cuts(needed.to_arrow()[time], column=time, shares=shares)
    return ByHash(columns=columns, seed=seed, bounds=upper_bounds(shares))


def _examined(
    dataset: "Dataset",
    assignment: "Assignment",
    parts: int,
    *,
    key: tuple[str, ...],
    strategy: str,
    leakage: str,
) -> "Examined":
    from terrarium.datasets.splitting.examination import examine
    from terrarium.datasets.splitting.leakage import LeakageReport

    rows = dataset.read()
    examined = examine(rows.to_tables(), rows.schema, assignment, parts=parts, key=key)
    # By the hash of a key alone, a key cannot be in two parts; by its rank in several strata, it can.
    if strategy == "stratified" and leakage == "refuse":
        LeakageReport(keys=examined.crossing_keys).raise_for_leakage(dataset=dataset.name)
    return examined


def _words(strategy: str, columns: tuple[str, ...], strata: tuple[str, ...]) -> str:
    of = f" of {', '.join(strata)}" if strata else ""
    return f"{strategy}{of} by {', '.join(columns)}"


def _several(columns: str | Sequence[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)
