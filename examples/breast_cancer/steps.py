"""Steps of the pipeline."""

from collections.abc import Mapping

import pandas as pd

import terrarium
from examples.breast_cancer.candidates import CANDIDATES, build
from examples.breast_cancer.data import Part, Split, describe_split, part_frame
from examples.breast_cancer.deliveries import LEARNT_FROM, newest_cases
from examples.breast_cancer.evaluation import evaluate as judge
from examples.breast_cancer.use_case import USE_CASE

__all__ = ["evaluate", "gate", "ingest", "split", "submit", "train", "validate"]

_CASES = "cases.csv"
_MEASUREMENTS = 30
_MODEL = "breast-cancer"


def ingest(context: terrarium.StepContext) -> Mapping[str, object]:
    """Get the current cases."""
    cases = newest_cases(context)
    cases.to_csv(context.folder / _CASES, index=False)
    return {"cases": len(cases), "delivery": context.trigger.get("key")}


def validate(context: terrarium.StepContext) -> Mapping[str, object]:
    """Refuse cases that are unusable for training."""
    cases = pd.read_csv(context.file("ingest", _CASES))
    measurements = cases.drop(columns="target")
    problems = {
        f"{measurements.shape[1]} measurements, not {_MEASUREMENTS}": measurements.shape[1] != _MEASUREMENTS,
        "measurements are missing": bool(measurements.isna().any().any()),
        "a measurement is negative": bool((measurements < 0).any().any()),
        "an outcome is neither benign nor malignant": not set(cases["target"]) <= {0, 1},
        "hardly any malignant case": float((cases["target"] == 0).mean()) < 0.1,
    }
    found = [problem for problem, holds in problems.items() if holds]
    if found:
        context.refuse("; ".join(found), remedy="ask the data's owner, and ingest it again")
    return {"malignant": int((cases["target"] == 0).sum())}


def split(context: terrarium.StepContext) -> Mapping[str, object]:
    """Split the cases reproducibly."""
    parts = part_frame(pd.read_csv(context.file("ingest", _CASES)))
    for name, part in parts._asdict().items():
        part.features.assign(malignant=part.malignant).to_csv(context.folder / f"{name}.csv", index=False)
    return {name: len(part.features) for name, part in parts._asdict().items()}


def train(context: terrarium.StepContext) -> Mapping[str, object]:
    """Fit one candidate. Its run records the model and all inputs of a reproduction."""
    parts, params = _parts(context), CANDIDATES[str(context.value)]
    context.run.log_params(params)
    context.run.log_splits(describe_split(parts))
    context.run.log_validation(terrarium.HoldOut(on="validation"))
    model = build(params).fit(parts.train.features, parts.train.malignant)
    metrics = judge(model, parts.validation)
    context.run.log_metrics(metrics)
    context.run.log_model(model, input_example=parts.train.features.head(3))
    return {"run": context.run.id, "candidate": context.value, **metrics}


def evaluate(context: terrarium.StepContext) -> Mapping[str, object]:
    """Choose the best candidate on the validation part."""
    metric = USE_CASE.evaluation_metric
    best = max(context.outputs("train"), key=lambda trained: trained[metric])
    context.run.log_metrics({metric: best[metric]})
    return dict(best)


def gate(context: terrarium.StepContext) -> None:
    """Pass the best candidate if it reaches the threshold."""
    found, wanted = context.outputs("evaluate")["roc_auc"], context.parameters["minimum_roc_auc"]
    if not found >= wanted:  # so that NaN is refused: every comparison with NaN is false
        context.refuse(
            f"the best candidate has an area under the ROC curve of {found:.4f}, below {wanted}",
            remedy="look for what has changed in the data, or lower minimum_roc_auc for a reason",
        )


def submit(context: terrarium.StepContext) -> Mapping[str, object]:
    """Submit the best candidate to the registry, which checks its gates, and store its training data."""
    assert context.lab is not None  # noqa: S101 - without an environment there is no registry
    version = context.lab.models.submit(context.outputs("evaluate")["run"], _MODEL)
    context.lab.artifacts.put(context.file("ingest", _CASES), LEARNT_FROM, progress=False)
    return {"version": version.version}


def _parts(context: terrarium.StepContext) -> Split:
    def part(name: str) -> Part:
        cases = pd.read_csv(context.file("split", f"{name}.csv"))
        return Part(cases.drop(columns="malignant"), cases["malignant"])

    return Split(part("train"), part("validation"), part("test"))
