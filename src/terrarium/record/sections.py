"""Sections of a record."""

import math
from collections.abc import Iterable, Mapping
from statistics import fmean, stdev
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue

from terrarium.arguments import checked_methods
from terrarium.io.digest import digest_of
from terrarium.record._section import Section
from terrarium.record.non_finite import Number
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
    """The code of the run.

    Attributes:
        repository: The URL of the git remote, without credentials, if there is a remote.
        commit: The full id of the commit that was checked out.
        branch: The branch; None if no branch was checked out.
        dirty: Whether the working tree differed from the commit. The artifact `record/code.patch` is the difference.
        patch_digest: `sha256:...` of the patch.
        entry_point: The script, `-m package.module` or notebook, relative to the root of the repository.
        arguments: The arguments of the entry point, without its own name.
        notebook: Whether a notebook ran the code. The artifact `record/cells.py` then contains the cells.
        folder: The working directory of the process, relative to the root of the repository.
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
    """The software and hardware that the code ran on.

    Attributes:
        python: The version of the interpreter.
        implementation: The implementation, e.g. `CPython`.
        packages: Installed distribution -> exact version. Names are normalized (PEP 503).
        packages_digest: `sha256:...` of `packages`.
        system: The operating system, e.g. `Linux 6.8.0`.
        machine: The architecture, e.g. `x86_64`.
        cpu: The model of the CPU.
        cpu_count: The number of logical processors that the process may use.
        memory: The memory of the machine, in bytes.
        gpus: The model of each GPU.
        image: The digest of the container image.
        image_name: The name of the image in the environment.
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
    """The environment of the platform, and the deployed version of it."""

    environment: str
    manifest_version: int
    stack_digest: str
    account: str
    region: str


class PretrainedModule(Section):
    """A pretrained module: its name, its revision and the digest of its weights."""

    name: str
    revision: str | None = None
    digest: str | None = None


@checked_methods
class Architecture(Section):
    """The structure of the model.

    Attributes:
        name: The name, e.g. `resnet50` or `sklearn.pipeline.Pipeline`.
        description: The complete definition, e.g. the `repr` of the model.
        digest: `sha256:...` of name and description.
        parameters: The number of trainable parameters.
        pretrained: The pretrained modules in the model.
    """

    name: str
    description: str = ""
    digest: str
    parameters: int | None = None
    pretrained: tuple[PretrainedModule, ...] = ()

    @classmethod
    def of(cls, model: object, *, pretrained: Iterable[PretrainedModule] = ()) -> Self:
        """Return the architecture of a model, fitted or not, or of a model with a known name.

        Args:
            model: A scikit-learn estimator, a PyTorch module, any other object (described by its `repr`), or a name.
            pretrained: The pretrained modules in the model.

        Example:
            >>> run.log_architecture(Architecture.of(model, pretrained=[PretrainedModule(name="resnet50")]))
        """
        from terrarium.record._model_description import describe_model

        name, description, parameters = describe_model(model)
        digest = digest_of(f"{name}\n{description}".encode(errors="backslashreplace"))
        return cls(
            name=name,
            description=description,
            digest=digest,
            parameters=parameters,
            pretrained=tuple(pretrained),
        )


class Trial(Section):
    """One set of hyperparameters that was evaluated. `run` is the id of the child run."""

    number: int
    params: dict[str, JsonValue]
    values: tuple[Number, ...] = ()
    state: Literal["COMPLETE", "PRUNED", "FAIL", "RUNNING"] = "COMPLETE"
    run: str | None = None


class SearchRecord(Section):
    """A hyperparameter search.

    Attributes:
        tool: `optuna`, `scikit-learn`, or `loop`.
        sampler: The sampler that proposed the trials, e.g. `TPESampler` or `GridSearchCV`.
        settings: The settings of the sampler.
        space: Hyperparameter -> the values or distribution that it was chosen from.
        metric: The metric that was optimized.
        direction: The direction of each objective.
        trials: All trials.
        best: The number of the best trial.
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
    """The hyperparameters of the run and, if the run searched for them, the search."""

    params: dict[str, str] = Field(default_factory=dict)
    search: SearchRecord | None = None


class Part(Section):
    """One part of the data.

    Attributes:
        name: The name, e.g. `train`, `validation`, `test`.
        dataset: The name of the dataset.
        snapshot_id: The snapshot of the Iceberg table, which pins the version of the dataset.
        predicate: The SQL predicate that selects the rows of the part.
        rows: The number of rows.
        digest: `sha256:...` of the content.
        source: The location of the data, e.g. an `s3://` URI.
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
    """The splits of the data.

    Attributes:
        parts: The parts.
        strategy: E.g. `random`, `stratified by churned`, `hash of customer_id`, `before 2026-01-01`.
        seed: The seed of the strategy, if it is random.
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
        """Return the splits of data in memory. Each part is pinned by a digest of its content.

        Args:
            parts: Name -> data: a NumPy array, a pandas frame or series, or a tuple of these (features, target) with
                equal numbers of rows.
            dataset: The name of the dataset.
            strategy: The strategy of the split.
            seed: The seed of the strategy.
            source: The location of the dataset.

        Raises:
            ContentUnknownError: A part has another type.

        Example:
            >>> splits = Splits.of({"train": (x1, y1), "test": (x2, y2)}, dataset="telco.customers", seed=7)
        """
        from terrarium.record._data_digest import content_digest, row_count

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
    """A metric measured on several folds. Its value is the mean."""

    folds: Annotated[tuple[Number, ...], Field(min_length=1)]

    @property
    def mean(self) -> float:
        """The mean of the folds; NaN if it is undefined, as in NumPy."""
        if all(map(math.isfinite, self.folds)):
            try:
                return fmean(self.folds)
            except OverflowError:  # the sum exceeds the largest float, the mean does not
                return sum(value / len(self.folds) for value in self.folds)
        # `fmean` raises for infinities of both signs; plain addition returns NaN for them.
        return sum(self.folds) / len(self.folds)

    @property
    def spread(self) -> float:
        """The sample standard deviation of the folds; zero for one fold, NaN if a fold is not finite."""
        if not all(map(math.isfinite, self.folds)):
            return math.nan
        try:
            return stdev(self.folds) if len(self.folds) > 1 else 0.0
        except OverflowError:
            return math.inf


class Evaluation(Section):
    """The metrics and the validation procedure.

    Attributes:
        metrics: The latest value of each metric.
        over_folds: The metrics that were measured on several folds.
        validation: The validation procedure.
    """

    metrics: dict[str, Number] = Field(default_factory=dict)
    over_folds: dict[str, FoldMetric] = Field(default_factory=dict)
    validation: ValidationProcedure | None = None


class Seeds(Section):
    """Seeds and states of random number generators.

    Attributes:
        given: Seeds that the code set, e.g. of the splits.
        states: Generator (`random`, `numpy`, `torch`) -> `sha256:...` of its state at the start of the run.
    """

    given: dict[str, int] = Field(default_factory=dict)
    states: dict[str, str] = Field(default_factory=dict)
