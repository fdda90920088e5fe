"""`RunRecord`: the metadata that another person needs to reproduce a run."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

from terrarium.arguments import Between, checked_methods
from terrarium.record._section import Section
from terrarium.record.sections import (
    Architecture,
    Code,
    Environment,
    Evaluation,
    Hyperparameters,
    Infrastructure,
    Part,
    Seeds,
    Splits,
)
from terrarium.record.use_case import UseCase

__all__ = ["RECORD_VERSION_WRITTEN", "Missing", "RunRecord"]

RECORD_VERSION_WRITTEN: Final = 1


class Missing(NamedTuple):
    """A value that is missing in the record.

    Attributes:
        what: The section, or section and field: `splits`, `code.commit`.
        why: The reason why it is missing, or how to record it.
    """

    what: str
    why: str


@checked_methods
class RunRecord(Section):
    """The record of one run, in sections. A section is None if nothing is known about it.

    Attributes:
        run: MLflow's run id.
        experiment: The name of the experiment.
        parent: The id of the parent run, if this run is nested.
        use_case: The use case at the start of the run.
        features: The sources of the feature views in the training sets, each at its snapshot.
        failures: Section or field -> the reason why it could not be captured.

    Example:
        >>> record = lab.experiments.record("5c35")
        >>> record.completeness
        0.92
    """

    version: Literal[1] = RECORD_VERSION_WRITTEN
    run: str
    experiment: str
    parent: str | None = None
    use_case: UseCase | None = None
    code: Code | None = None
    environment: Environment | None = None
    infrastructure: Infrastructure | None = None
    architecture: Architecture | None = None
    hyperparameters: Hyperparameters | None = None
    splits: Splits | None = None
    features: tuple[Part, ...] = ()
    evaluation: Evaluation | None = None
    seeds: Seeds | None = None
    failures: dict[str, str] = Field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All recorded data: the parts of the splits, then the sources of features."""
        return (*(self.splits.parts if self.splits else ()), *self.features)

    def missing(self) -> tuple[Missing, ...]:
        """Return the values that are not recorded, each with the reason or the way to record it."""
        return tuple(
            Missing(what, self.failures.get(what, why))
            for what, there, why in self._requirements()
            if not there
        )

    @property
    def completeness(self) -> float:
        """The recorded fraction of the values that reproduction needs: 0 to 1."""
        requirements = list(self._requirements())
        return sum(there for _, there, _ in requirements) / len(requirements)

    def bar(self, width: Annotated[int, Between(1, 1_000)] = 20) -> str:
        """Return the completeness as one line of text, with the names of the missing values."""
        filled = int(self.completeness * width)
        line = f"{'█' * filled}{'░' * (width - filled)} {self.completeness:.0%}"
        gaps = ", ".join(gap.what for gap in self.missing())
        return f"{line}, missing: {gaps}" if gaps else line

    def _requirements(self) -> Iterator[tuple[str, bool, str]]:
        """Yield the name of each required value, whether it is recorded, and how to record it."""
        code, splits, evaluation = self.code, self.splits, self.evaluation
        yield "use_case", self.use_case is not None, "lab.experiment(terrarium.UseCase(...))"
        yield "code", code is not None, "captured when a run starts"
        yield (
            "code.commit",
            code is not None and code.commit is not None,
            "work in a git repository that has a commit",
        )
        yield "environment", self.environment is not None, "captured when a run starts"
        yield "infrastructure", self.infrastructure is not None, "captured when a run starts"
        yield "architecture", self.architecture is not None, "run.log_architecture(model), or run.log_model"
        yield (
            "hyperparameters",
            self.hyperparameters is not None,
            "experiment.run(params=...), or run.log_params({}) if there are none",
        )
        yield "splits", splits is not None, "experiment.run(splits=...), or run.log_splits"
        yield (
            "splits.digest",
            splits is not None and all(part.digest or part.snapshot_id for part in splits.parts),
            "pin each part by an Iceberg snapshot or a digest of its content: terrarium.Splits.of(...)",
        )
        yield "evaluation.metrics", evaluation is not None and bool(evaluation.metrics), "run.log_metrics"
        yield (
            "evaluation.validation",
            evaluation is not None and evaluation.validation is not None,
            "experiment.run(validation=terrarium.HoldOut(...)), or run.log_validation",
        )
        yield "seeds", self.seeds is not None, "captured when a run starts"
