"""The gates of an environment: what a model must pass to enter its registry."""

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
    """The report on a model that passes.

    Raises:
        GatesFailedError: It does not; all gates are named, with what to do.
    """
    report = judge(candidate, gates, champion=champion, environment=environment, now=datetime.now(UTC))
    if report.passed:
        return report
    failed = ", ".join(result.gate for result in report.failures())
    raise GatesFailedError(
        f"{candidate.name} does not pass the gates of {environment!r} ({failed}):\n{report}",
        remedy=f"do what the failed gates say; environments/{environment}.toml declares them ([registry.gates])",
    )


def judge(
    candidate: Candidate,
    gates: ModelGates,
    *,
    champion: "ModelVersion | None",
    environment: str,
    now: datetime,
) -> GateReport:
    """Ask every gate.

    Args:
        candidate: The model.
        gates: As the environment declares them.
        champion: The version that is to be replaced, if there is one.
        environment: Whose gates.
        now: Aware; ages are counted from here.
    """
    results = [_record(candidate)]
    if gates.signature:
        results.append(
            _there("signature", there=candidate.signature, how="run.log_model(model, input_example=...)")
        )
    if gates.input_example:
        results.append(
            _there(
                "input example", there=candidate.input_example, how="run.log_model(model, input_example=...)"
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
        ", but of a notebook: `terrarium reproduce` cannot run it again" if code and code.notebook else ""
    )
    return GateResult(
        gate="record",
        passed=not missing,
        value=f"lacks {', '.join(gap.what for gap in missing)}" if missing else f"complete{notebook}",
        wanted="complete",
        remedy="; ".join(f"{gap.what}: {gap.why}" for gap in missing),
    )


def _there(gate: str, *, there: bool, how: str) -> GateResult:
    return GateResult(
        gate=gate,
        passed=there,
        value="there" if there else "none",
        wanted="one",
        remedy="" if there else f"keep the model with one: {how}",
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
        passed, remedy = False, f'measure it: run.log_metrics({{"{threshold.metric}": ...}})'
    else:
        # NaN fails, also against a bound that is infinite or absent: every comparison with NaN is false, and
        # without a bound nothing would be compared.
        passed = (
            not math.isnan(value) and (least is None or value >= least) and (most is None or value <= most)
        )
        remedy = "" if passed else "submit a better model"
    return GateResult(
        gate=threshold.metric,
        passed=passed,
        value="not measured" if value is None else f"{value:g}",
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
            remedy="measure the use case's evaluation metric by one name in all runs; "
            "a champion of another metric has to go: terrarium models alias",
        )
    maximize = use_case is not None and use_case.direction == "maximize"
    passed = _is_better(value, held, margin=margin, maximize=maximize)
    return GateResult(
        gate="champion",
        passed=passed,
        value=f"{metric} {value:g}, that of {reference} {held:g}",
        wanted=wanted,
        remedy=""
        if passed
        else f"submit a better model; terrarium compare {champion.run[:8]} {candidate.record.run[:8]} "
        "shows what differs",
    )


def _is_better(value: float, held: float, *, margin: float, maximize: bool) -> bool:
    """Return whether `value` is better than `held` by `margin`; NaN is worse than every number."""
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
            remedy="take the splits from a dataset, whose snapshot says when it was made: lab.datasets.split(...)",
        )
    age = (now - as_of) / timedelta(days=1)
    passed = age <= days
    return GateResult(
        gate="data",
        passed=passed,
        value=f"of {as_of:%Y-%m-%d %H:%M}Z, {age:.1f} days old",
        wanted=wanted,
        remedy="" if passed else "train anew, on data of today",
    )
