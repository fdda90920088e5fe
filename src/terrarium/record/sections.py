"""The sections of a record, and what each holds."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from statistics import fmean, stdev
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue

from terrarium.arguments import checked_methods
from terrarium.record.non_finite import Number
from terrarium.record.section import Section
from terrarium.record.validation import ValidationProcedure

__all__ = [
    "Architecture",
    "Code",
    "Environment",
    "Evaluation",
    "FoldMetric",
    "Hyperparameters",
    "Infrastructure",
    "Part",
    "PretrainedModule",
    "SearchRecord",
    "Seeds",
    "Splits",
    "Trial",
]


class Code(Section):
    """Which code ran.

    Attributes:
        repository: Where it comes from (the remote's address, without credentials), if it has a remote.
        commit: The full id of the commit that was checked out.
        branch: None where no branch was.
        dirty: Whether the working tree differed from the commit; then artifact `record/code.patch` is the difference.
        patch_digest: `sha256:...` of the patch.
        entry_point: What was started, relative to the repository's root: a script, `-m package.module` or a notebook.
        arguments: The entry point's, without its own name.
        notebook: Whether a notebook ran it; then artifact `record/cells.py` holds the cells.
        folder: Where the process worked, relative to the repository's root.
    """

    repository: str | None = None
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    patch_digest: str | None = None
    entry_point: str | None = None
    arguments: tuple[str, ...] = ()
    notebook: bool = False
    folder: str | None = None


class Environment(Section):
    """What the code ran on.

    Attributes:
        python: The interpreter's version.
        implementation: E.g. `CPython`.
        packages: Installed distribution -> exact version, names normalized (PEP 503).
        packages_digest: `sha256:...` of them.
        system: The operating system, e.g. `Linux 6.8.0`.
        machine: E.g. `x86_64`.
        cpu: Its model.
        cpu_count: Logical processors that the process may use.
        memory: Of the machine, bytes.
        gpus: Model of each.
        image: Digest of the container's image.
        image_name: What the environment calls it.
    """

    python: str
    implementation: str
    packages: dict[str, str]
    packages_digest: str
    system: str
    machine: str
    cpu: str | None = None
    cpu_count: int | None = None
    memory: int | None = None
    gpus: tuple[str, ...] = ()
    image: str | None = None
    image_name: str | None = None


class Infrastructure(Section):
    """The platform's environment, and which deploy of it."""

    environment: str
    manifest_version: int
    stack_digest: str
    account: str
    region: str


class PretrainedModule(Section):
    """Something that was trained before: its name, which revision of it, and the digest of its weights."""

    name: str
    revision: str | None = None
    digest: str | None = None


@checked_methods
class Architecture(Section):
    """The model's structure, in words or in its package's own description.

    Attributes:
        name: E.g. `resnet50` or `sklearn.pipeline.Pipeline`.
        description: All that defines it, e.g. the `repr` of the model.
        digest: `sha256:...` of name and description.
        parameters: How many trainable ones.
        pretrained: What it builds on.
    """

    name: str
    description: str = ""
    digest: str
    parameters: int | None = None
    pretrained: tuple[PretrainedModule, ...] = ()

    @classmethod
    def of(cls, model: object, *, pretrained: Iterable[PretrainedModule] = ()) -> Self:
        """The architecture of a model, fitted or not, or of one known by its name.

        Args:
            model: An estimator of scikit-learn's kind, a module of PyTorch's, any other object, by its
                `repr`, or a name.
            pretrained: What it builds on.
        """
        from terrarium.record.model_description import describe_model

        name, description, parameters = describe_model(model)
        digest = hashlib.sha256(f"{name}\n{description}".encode(errors="backslashreplace")).hexdigest()
        return cls(
            name=name,
            description=description,
            digest=f"sha256:{digest}",
            parameters=parameters,
            pretrained=tuple(pretrained),
        )


class Trial(Section):
    """One set of hyperparameters that was tried; `run` is the child run that tried it."""

    number: int
    params: dict[str, JsonValue]
    values: tuple[Number, ...] = ()
    state: Literal["COMPLETE", "PRUNED", "FAIL", "RUNNING"] = "COMPLETE"
    run: str | None = None


class SearchRecord(Section):
    """A search for hyperparameters.

    Attributes:
        tool: `optuna`, `scikit-learn`, or `loop`.
        sampler: What proposed the trials, e.g. `TPESampler` or `GridSearchCV`.
        settings: The sampler's own.
        space: Hyperparameter -> what it was chosen from.
        metric: What was searched by.
        direction: Of each objective.
        trials: Every one.
        best: Number of the best trial.
    """

    tool: Literal["optuna", "scikit-learn", "loop"]
    sampler: str
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    space: dict[str, JsonValue] = Field(default_factory=dict)
    metric: str | None = None
    direction: tuple[Literal["maximize", "minimize"], ...] = ("maximize",)
    trials: tuple[Trial, ...] = ()
    best: int | None = None


class Hyperparameters(Section):
    """Those of this run and, where it searched for them, the search."""

    params: dict[str, str] = Field(default_factory=dict)
    search: SearchRecord | None = None


class Part(Section):
    """One part of the data.

    Attributes:
        name: E.g. `train`, `validation`, `test`.
        dataset: Name of the dataset it was taken from.
        snapshot_id: Of the Iceberg table, which pins the dataset's version.
        predicate: Which rows of the snapshot it is, as SQL.
        rows: How many.
        digest: `sha256:...` of their content.
        source: Where to read it, e.g. an `s3://` address.
    """

    name: str
    dataset: str
    snapshot_id: int | None = None
    predicate: str | None = None
    rows: int | None = None
    digest: str | None = None
    source: str | None = None


@checked_methods
class Splits(Section):
    """How the data was parted.

    Attributes:
        parts: Each of them.
        strategy: E.g. `random`, `stratified by churned`, `hash of customer_id`, `before 2026-01-01`.
        seed: Of the strategy, where it draws.
    """

    parts: tuple[Part, ...]
    strategy: str | None = None
    seed: int | None = None

    @classmethod
    def of(
        cls,
        parts: Mapping[str, object],
        *,
        dataset: str,
        strategy: str | None = None,
        seed: int | None = None,
        source: str | None = None,
    ) -> Self:
        """The splits of data in memory, each part pinned by the digest of its content.

        Args:
            parts: Name -> data: an array of NumPy's, a frame or series of pandas', or a tuple of them
                (features, target) with as many rows each.
            dataset: Name of the dataset that they are parts of.
            strategy: How it was parted.
            seed: Of the strategy.
            source: Where to read the dataset.

        Raises:
            ContentUnknownError: A part is of another kind.
        """
        from terrarium.record.data_digest import content_digest, row_count

        return cls(
            parts=tuple(
                Part(
                    name=name,
                    dataset=dataset,
                    rows=row_count(data),
                    digest=content_digest(data),
                    source=source,
                )
                for name, data in parts.items()
            ),
            strategy=strategy,
            seed=seed,
        )


class FoldMetric(Section):
    """A metric that was measured on several folds; the value that counts is their mean."""

    folds: Annotated[tuple[Number, ...], Field(min_length=1)]

    @property
    def mean(self) -> float:
        """Return the value that counts; NaN where the folds have no mean, as in NumPy."""
        if all(map(math.isfinite, self.folds)):
            try:
                return fmean(self.folds)
            except OverflowError:  # their sum is beyond the largest float, their mean is not
                return sum(value / len(self.folds) for value in self.folds)
        # `fmean` raises for infinities of both signs; plain addition returns NaN for them.
        return sum(self.folds) / len(self.folds)

    @property
    def spread(self) -> float:
        """Return the standard deviation of a sample; zero for one fold, NaN where a fold is not finite."""
        if not all(map(math.isfinite, self.folds)):
            return math.nan
        try:
            return stdev(self.folds) if len(self.folds) > 1 else 0.0
        except OverflowError:
            return math.inf


class Evaluation(Section):
    """What was measured, and by which procedure.

    Attributes:
        metrics: The latest value of each metric.
        over_folds: Those that were measured on several folds.
        validation: The procedure.
    """

    metrics: dict[str, Number] = Field(default_factory=dict)
    over_folds: dict[str, FoldMetric] = Field(default_factory=dict)
    validation: ValidationProcedure | None = None


class Seeds(Section):
    """What chance started from.

    Attributes:
        given: Seeds that the code stated, e.g. of the splits.
        states: Generator (`random`, `numpy`, `torch`) -> `sha256:...` of its state when the run began.
    """

    given: dict[str, int] = Field(default_factory=dict)
    states: dict[str, str] = Field(default_factory=dict)
