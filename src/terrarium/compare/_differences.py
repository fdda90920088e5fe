"""Values that differ between runs, by section of the record. Equal values are left out."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from terrarium.compare.compared_run import ComparedRun
from terrarium.record import Part

__all__ = ["DifferingSection", "differing_sections"]

_DIGEST = len("sha256:") + 12  # characters of a digest that are shown


class DifferingSection(BaseModel):
    """A section of the record in which runs differ.

    Attributes:
        name: The name of the section, e.g. `params`, `environment`.
        rows: Name of the value -> the value in each run, in the runs' order; None where a run has no such value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rows: dict[str, tuple[str | None, ...]]


def differing_sections(runs: Sequence[ComparedRun]) -> list[DifferingSection]:
    """Return the sections in which at least two runs differ, each with only the rows that differ."""
    sections = []
    for name, look in _SECTIONS.items():
        columns = [look(run) for run in runs]
        rows = {what: tuple(column.get(what) for column in columns) for what in _names(columns)}
        differing = {what: values for what, values in rows.items() if len(set(values)) > 1}
        if differing:
            sections.append(DifferingSection(name=name, rows=differing))
    return sections


def _names(columns: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column))


def _metrics(run: ComparedRun) -> dict[str, str]:
    measured = run.record.evaluation.over_folds if run.record and run.record.evaluation else {}
    return {
        name: f"{value:.6g} ± {measured[name].spread:.2g}" if name in measured else f"{value:.6g}"
        for name, value in sorted(run.summary.metrics.items())
    }


def _params(run: ComparedRun) -> dict[str, str]:
    return run.summary.params


def _model(run: ComparedRun) -> dict[str, str]:
    architecture = run.record.architecture if run.record else None
    if architecture is None:
        return {}
    pretrained = [
        " ".join(filter(None, (module.name, module.revision, _shown(module.digest))))
        for module in architecture.pretrained
    ]
    return _stated(
        {
            "architecture": architecture.name,
            "description": architecture.description,
            "parameters": architecture.parameters,
            "pretrained": ", ".join(pretrained),
        }
    )


def _data(run: ComparedRun) -> dict[str, str]:
    if run.record is None:
        return {}
    splits = run.record.splits
    parts = {part.name: _pinned(part) for part in run.record.parts}
    if splits is None:
        return parts
    return parts | _stated({"strategy": splits.strategy, "seed of the splits": splits.seed})


def _pinned(part: Part) -> str:
    pins = {
        "snapshot": part.snapshot_id,
        "where": part.predicate,
        "rows": part.rows,
        "digest": _shown(part.digest),
    }
    return " ".join([part.dataset, *(f"{name} {pin}" for name, pin in pins.items() if pin is not None)])


def _validation(run: ComparedRun) -> dict[str, str]:
    procedure = run.record.evaluation.validation if run.record and run.record.evaluation else None
    return _stated({"procedure": procedure})


def _seeds(run: ComparedRun) -> dict[str, str]:
    return _stated(dict(run.record.seeds.given)) if run.record and run.record.seeds else {}


def _code(run: ComparedRun) -> dict[str, str]:
    code = run.record.code if run.record else None
    if code is None:
        tags = run.summary.tags
        return _stated(
            {"commit": tags.get("mlflow.source.git.commit"), "entry point": tags.get("mlflow.source.name")}
        )
    return _stated(
        {
            "repository": code.repository,
            "commit": code.commit and code.commit[:12],
            "patch": _shown(code.patch_digest),
            "branch": code.branch,
            "entry point": " ".join(filter(None, (code.entry_point, *code.arguments))),
        }
    )


def _environment(run: ComparedRun) -> dict[str, str]:
    environment = run.record.environment if run.record else None
    if environment is None:
        return {}
    machine = {
        "Python": f"{environment.implementation} {environment.python}",
        "system": environment.system,
        "machine": environment.machine,
        "cpu": environment.cpu,
        "cpu count": environment.cpu_count,
        "memory": environment.memory and f"{environment.memory / 2**30:.1f} GiB",
        "gpus": ", ".join(environment.gpus),
        "image": _shown(environment.image),
        "image name": environment.image_name,
    }
    return environment.packages | _stated(machine)


def _infrastructure(run: ComparedRun) -> dict[str, str]:
    infrastructure = run.record.infrastructure if run.record else None
    return _stated(infrastructure.model_dump()) if infrastructure else {}


def _use_case(run: ComparedRun) -> dict[str, str]:
    use_case = run.record.use_case if run.record else None
    return _stated(use_case.model_dump(mode="json")) if use_case else {}


def _stated(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _shown(digest: str | None) -> str | None:
    return digest and digest[:_DIGEST]


_SECTIONS: Mapping[str, Callable[[ComparedRun], Mapping[str, str]]] = {
    "metrics": _metrics,
    "params": _params,
    "model": _model,
    "data": _data,
    "validation": _validation,
    "seeds": _seeds,
    "code": _code,
    "environment": _environment,
    "infrastructure": _infrastructure,
    "use case": _use_case,
}
