"""Gates of an environment: conditions that a model must meet to enter its registry."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from terrarium.manifest import MetricThreshold, ModelGates
from terrarium.models.candidate import Candidate
from terrarium.models.errors import GatesFailedError
from terrarium.models.gate_report import GateReport, GateResult

if TYPE_CHECKING:
    from terrarium.models.version import ModelVersion

__all__ = ["check_gates", "judge"]


def check_gates(
    candidate: Candidate, gates: ModelGates, *, champion: "ModelVersion | None", environment: str
) -> GateReport:
    """Return the report on a model that passes all gates.

    Raises:
        GatesFailedError: The model fails a gate. The error lists all gates with remedies.
    """
    report = judge(candidate, gates, champion=champion, environment=environment, now=datetime.now(UTC))
    if report.passed:
        return report
    failed = ", ".join(result.gate for result in report.failures())
    raise GatesFailedError(
        f"{candidate.name} does not pass the gates of {environment!r} ({failed}):\n{report}",
        remedy=f"follow the remedies of the failed gates; environments/{environment}.toml declares the gates "
        "([registry.gates])",
    )


def judge(
    candidate: Candidate,
    gates: ModelGates,
    *,
    champion: "ModelVersion | None",
    environment: str,
    now: datetime,
) -> GateReport:
    """Return the results of all gates.

    Args:
        candidate: The model.
        gates: The gates that the environment declares.
        champion: The current champion, if there is one.
        environment: The environment of the gates.
        now: The time from which ages are computed, aware.
    """
    results = [_record(candidate)]
    if gates.signature:
        results.append(
            _present("signature", present=candidate.signature, how="run.log_model(model, input_example=...)")
        )
    if gates.input_example:
        results.append(
            _present(
                "input example",
                present=candidate.input_example,
                how="run.log_model(model, input_example=...)",
            )
        )
    results.extend(_thresholds(candidate, gates.thresholds))
    if gates.champion_margin is not None:
        results.append(_champion(candidate, champion, margin=gates.champion_margin))
    if gates.data_days is not None:
        results.append(_data(candidate, days=gates.data_days, now=now))
    return GateReport(environment=environment, results=tuple(results))


def _record(candidate: Candidate) -> GateResult:
    missing = candidate.record.missing()
    code = candidate.record.code
    notebook = (
        ", but from a notebook, which `terrarium reproduce` cannot run" if code and code.notebook else ""
    )
    return GateResult(
        gate="record",
        passed=not missing,
        value=f"lacks {', '.join(gap.what for gap in missing)}" if missing else f"complete{notebook}",
        wanted="complete",
        remedy="; ".join(f"{gap.what}: {gap.why}" for gap in missing),
    )


def _present(gate: str, *, present: bool, how: str) -> GateResult:
    return GateResult(
        gate=gate,
        passed=present,
        value="present" if present else "missing",
        wanted="present",
        remedy="" if present else f"log the model with one: {how}",
    )


def _thresholds(candidate: Candidate, thresholds: tuple[MetricThreshold, ...]) -> Iterator[GateResult]:
    metrics = candidate.metrics
    for threshold in thresholds:
        if threshold.model == candidate.name or (threshold.model is None and threshold.metric in metrics):
            yield _threshold(threshold, metrics.get(threshold.metric))


def _threshold(threshold: MetricThreshold, value: float | None) -> GateResult:
    least, most = threshold.minimum, threshold.maximum
    bounds = [f"at least {least:g}"] if least is not None else []
    bounds += [f"at most {most:g}"] if most is not None else []
    if value is None:
        passed, remedy = False, f'log it: run.log_metrics({{"{threshold.metric}": ...}})'
    else:
        # NaN always fails. Comparisons with NaN are false, but a threshold without a bound compares nothing.
        passed = (
            not math.isnan(value) and (least is None or value >= least) and (most is None or value <= most)
        )
        remedy = "" if passed else "submit a better model"
    return GateResult(
        gate=threshold.metric,
        passed=passed,
        value="not logged" if value is None else f"{value:g}",
        wanted=" and ".join(bounds),
        remedy=remedy,
    )


def _champion(candidate: Candidate, champion: "ModelVersion | None", *, margin: float) -> GateResult:
    use_case = candidate.record.use_case
    metric = use_case.evaluation_metric if use_case else ""
    value = candidate.metrics.get(metric)
    wanted = f"better than the champion's {metric} by {margin:g}"
    if champion is None:
        return GateResult(gate="champion", passed=True, value="there is no champion yet", wanted=wanted)
    reference, held = f"{champion.name}/{champion.version}", champion.metrics.get(metric)
    if value is None or held is None:
        who = candidate.name if value is None else reference
        return GateResult(
            gate="champion",
            passed=False,
            value=f"{who} has no {metric or 'evaluation metric'}",
            wanted=wanted,
            remedy="log the use case's evaluation metric under one name in all runs; "
            "if the champion has another metric, move its alias: terrarium models alias",
        )
    maximize = use_case is not None and use_case.direction == "maximize"
    passed = _is_better(value, held, margin=margin, maximize=maximize)
    return GateResult(
        gate="champion",
        passed=passed,
        value=f"{metric} {value:g}, {reference} has {held:g}",
        wanted=wanted,
        remedy=""
        if passed
        else "submit a better model; see the differences: "
        f"terrarium compare {champion.run[:8]} {candidate.record.run[:8]}",
    )


def _is_better(value: float, held: float, *, margin: float, maximize: bool) -> bool:
    """Return whether `value` is better than `held` by at least `margin`. NaN is worse than every number."""
    if math.isnan(value):
        return False
    if math.isnan(held):
        return True
    if value == held:  # the difference of two infinities is NaN
        return margin <= 0
    return (value - held if maximize else held - value) >= margin


def _data(candidate: Candidate, *, days: float, now: datetime) -> GateResult:
    wanted = f"data of the last {days:g} days"
    as_of = candidate.data_as_of
    if as_of is None:
        return GateResult(
            gate="data",
            passed=False,
            value="of unknown age",
            wanted=wanted,
            remedy="split a dataset, whose snapshots have a time: lab.datasets.split(...)",
        )
    age = (now - as_of) / timedelta(days=1)
    passed = age <= days
    return GateResult(
        gate="data",
        passed=passed,
        value=f"from {as_of:%Y-%m-%d %H:%M}Z, {age:.1f} days old",
        wanted=wanted,
        remedy="" if passed else "retrain with current data",
    )
