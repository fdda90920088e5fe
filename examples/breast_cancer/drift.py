"""Drift check of the training data."""

from collections.abc import Mapping

from scipy.stats import ks_2samp

import terrarium
from examples.breast_cancer.deliveries import LEARNT_FROM, kept_cases, newest_cases

__all__ = ["has_drifted"]

_SIGNIFICANCE = 0.01


def has_drifted(context: terrarium.StepContext) -> Mapping[str, object]:
    """Compare each measurement of the newest cases with those behind the newest model.

    Uses the two-sample Kolmogorov-Smirnov test per measurement, with Bonferroni's correction. Without a model there is
    no drift: the schedule starts the first training.
    """
    assert context.lab is not None  # noqa: S101 - without an environment there is no model
    learnt_from = kept_cases(context.lab, LEARNT_FROM)
    if learnt_from is None:
        return {"drifted": False}
    newest, measurements = newest_cases(context), learnt_from.columns.drop("target")
    likelihood = {name: float(ks_2samp(learnt_from[name], newest[name]).pvalue) for name in measurements}
    drifted = sorted(name for name, p in likelihood.items() if p < _SIGNIFICANCE / len(measurements))
    context.run.log_metrics({"measurements_drifted": len(drifted)})
    return {"drifted": bool(drifted), "measurements": drifted}
