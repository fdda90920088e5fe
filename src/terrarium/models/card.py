"""`ModelCard`: a description of a model for its users, from the record of its run.

The sections are those of Mitchell et al., Model Cards for Model Reporting (FAT* 2019), as far as a record has the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from terrarium.record import RunRecord

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

__all__ = ["CardSection", "ModelCard"]


@dataclass(frozen=True, kw_only=True)
class CardSection:
    """A section of a card: paragraphs, then a table.

    Attributes:
        title: The heading.
        paragraphs: The paragraphs, one line of text each.
        columns: The headings of the table; empty if the rows are names and values.
        rows: The rows of the table.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """The content of a model card.

    Attributes:
        name: The name of the registered model.
        description: The description that the submitter stated.
        sections: The sections, in order.
    """

    name: str
    description: str
    sections: tuple[CardSection, ...]

    @classmethod
    def of(
        cls, name: str, *, description: str, record: RunRecord, signature: "ModelSignature | None"
    ) -> "ModelCard":
        """Return the card of the model that a run produced."""
        sections = (
            _use_case(record),
            _data(record),
            _model(record, signature),
            _hyperparameters(record),
            _evaluation(record),
            _code(record),
            _environment(record),
            _limitations(record),
        )
        return cls(name=name, description=description, sections=sections)


def _named(**values: object) -> tuple[tuple[str, ...], ...]:
    """Return one row per known value."""
    return tuple(
        (name.replace("_", " "), str(value)) for name, value in values.items() if value not in (None, "", ())
    )


def _use_case(record: RunRecord) -> CardSection:
    card = record.use_case
    if card is None:
        return CardSection(title="Use case", paragraphs=("Not stated.",))
    return CardSection(
        title="Use case",
        rows=_named(
            name=card.name,
            task=card.task,
            business_impact=card.business_impact,
            evaluation_metric=f"{card.evaluation_metric} ({card.direction})",
            satisfactory=card.satisfactory,
            data=", ".join(card.data),
            training_requirements=card.training_requirements,
            serving_requirements=card.serving_requirements,
        ),
    )


def _data(record: RunRecord) -> CardSection:
    splits = record.splits
    if not record.parts:
        return CardSection(title="Data", paragraphs=("Not recorded.",))
    strategy = splits.strategy if splits else None
    seed = "" if splits is None or splits.seed is None else f", seed {splits.seed}"
    return CardSection(
        title="Data",
        paragraphs=(f"Split strategy: {strategy or 'not recorded'}{seed}.",),
        columns=("part", "dataset", "rows", "snapshot", "predicate", "digest"),
        rows=tuple(
            (
                part.name,
                part.dataset,
                "" if part.rows is None else f"{part.rows:,}",
                "" if part.snapshot_id is None else str(part.snapshot_id),
                part.predicate or "",
                part.digest or "",
            )
            for part in record.parts
        ),
    )


def _model(record: RunRecord, signature: "ModelSignature | None") -> CardSection:
    architecture = record.architecture
    pretrained = architecture.pretrained if architecture else ()
    return CardSection(
        title="Model",
        rows=_named(
            architecture=architecture.name if architecture else "not recorded",
            definition=architecture.description if architecture else None,
            trainable_parameters=f"{architecture.parameters:,}"
            if architecture and architecture.parameters is not None
            else None,
            pretrained=", ".join(f"{module.name} {module.revision or ''}".strip() for module in pretrained),
            inputs=signature.inputs if signature else None,
            outputs=signature.outputs if signature else None,
        ),
    )


def _hyperparameters(record: RunRecord) -> CardSection:
    known = record.hyperparameters
    search = known.search if known else None
    paragraphs = []
    if search:
        best = "" if search.best is None else f"; trial {search.best} was the best"
        count = len(search.trials)
        paragraphs.append(
            f"Selected from {count} {'trial' if count == 1 else 'trials'} of {search.tool}'s {search.sampler}"
            f"{f' by {search.metric}' if search.metric else ''}{best}."
        )
    params = known.params if known else {}
    return CardSection(
        title="Hyperparameters",
        paragraphs=tuple(paragraphs) if params else (*paragraphs, "None."),
        rows=tuple(sorted(params.items())),
    )


def _evaluation(record: RunRecord) -> CardSection:
    evaluation = record.evaluation
    if evaluation is None or not evaluation.metrics:
        return CardSection(title="Evaluation", paragraphs=("No metrics recorded.",))
    folds = evaluation.over_folds
    # The spread and the folds of a metric have their own columns.
    hidden = {f"{name}.{part}" for name in folds for part in ("spread", "fold")}
    return CardSection(
        title="Evaluation",
        paragraphs=(f"Procedure: {_procedure(evaluation.validation)}.",),
        columns=("metric", "value", "standard deviation", "folds"),
        rows=tuple(
            (
                name,
                f"{value:.6g}",
                f"{folds[name].spread:.3g}" if name in folds else "",
                str(len(folds[name].folds)) if name in folds else "",
            )
            for name, value in sorted(evaluation.metrics.items())
            if name not in hidden
        ),
    )


def _procedure(procedure: BaseModel | None) -> str:
    # `str` of a procedure contains its defaults only if it was read from JSON. The card must be the same for both.
    if procedure is None:
        return "not recorded"
    settings = []
    for name in type(procedure).model_fields:
        value = getattr(procedure, name)
        if name != "kind" and value is not None:
            settings.append(f"{name}={_procedure(value) if isinstance(value, BaseModel) else value}")
    return f"{type(procedure).__name__}({', '.join(settings)})"


def _code(record: RunRecord) -> CardSection:
    code = record.code
    if code is None:
        return CardSection(title="Code", paragraphs=("Not recorded.",))
    return CardSection(
        title="Code",
        rows=_named(
            repository=code.repository,
            commit=code.commit,
            branch=code.branch,
            uncommitted_changes=f"yes, a patch with digest {code.patch_digest}" if code.dirty else "none",
            entry_point=" ".join((code.entry_point or "", *code.arguments)).strip(),
            run=record.run,
            experiment=record.experiment,
        ),
    )


def _environment(record: RunRecord) -> CardSection:
    environment, platform = record.environment, record.infrastructure
    packages = f"{len(environment.packages)}, all in requirements.txt" if environment else None
    return CardSection(
        title="Environment",
        rows=_named(
            python=f"{environment.implementation} {environment.python}" if environment else "not recorded",
            packages=packages,
            system=f"{environment.system}, {environment.machine}" if environment else None,
            gpus=", ".join(environment.gpus) if environment else None,
            image=" ".join(filter(None, (environment.image_name, environment.image)))
            if environment
            else None,
            platform=f"{platform.environment}, stack {platform.stack_digest}" if platform else None,
        ),
    )


def _limitations(record: RunRecord) -> CardSection:
    return CardSection(title="Limitations", paragraphs=tuple(_known_limits(record)))


def _known_limits(record: RunRecord) -> Iterator[str]:
    card, evaluation, splits = record.use_case, record.evaluation, record.splits
    if card:
        yield (
            f"Intended for {card.task} in the use case {card.name}. Only {card.evaluation_metric} was used to evaluate "
            "it; its quality for other purposes is unknown."
        )
        yield f"Serving must meet the requirements of the use case: {card.serving_requirements}."
        value = evaluation.metrics.get(card.evaluation_metric) if evaluation else None
        if card.satisfactory is not None and value is not None:
            reached = (
                value >= card.satisfactory if card.direction == "maximize" else value <= card.satisfactory
            )
            verdict = "reaches" if reached else "does not reach"
            yield f"{card.evaluation_metric} {value:.6g} {verdict} the satisfactory value {card.satisfactory:g}."
    if splits:
        datasets = ", ".join(sorted({part.dataset for part in record.parts}))
        yield f"Trained and evaluated on {datasets} only; its quality on other data is unknown."
        if "test" not in {part.name for part in splits.parts}:
            yield "No test set was held out: the metrics may be too good, because the model was selected by them."
    if evaluation and not evaluation.over_folds:
        yield "Metrics were measured once: their variance is unknown."
    if record.code and record.code.dirty:
        yield "The code had uncommitted changes; the run's artifacts contain the patch."
