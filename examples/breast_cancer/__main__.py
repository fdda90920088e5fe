"""`python -m examples.breast_cancer`: the command that records a run per candidate and ranks the runs."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

import terrarium
from examples.breast_cancer.candidates import CANDIDATES, build
from examples.breast_cancer.data import SEED, Split, describe_split, load_split
from examples.breast_cancer.evaluation import evaluate, roc
from examples.breast_cancer.recipe import recipe_of
from examples.breast_cancer.use_case import USE_CASE

EXPERIMENT = USE_CASE.name
METRICS = ("roc_auc", "average_precision", "brier")


def train(experiment: terrarium.Experiment, name: str, params: Mapping[str, object], split: Split) -> None:
    """Fit one candidate, and record its metrics, its ROC curve and the model."""
    with experiment.run(
        name,
        params=params,
        tags={"recipe": recipe_of(params)},
        splits=describe_split(split),
        validation=terrarium.HoldOut(on="validation"),
        seed=SEED,
    ) as run:
        model = build(params).fit(split.train.features, split.train.malignant)
        run.log_metrics(evaluate(model, split.validation))
        with tempfile.TemporaryDirectory() as folder:
            curve = Path(folder) / "roc.csv"
            roc(model, split.validation).to_csv(curve, index=False)
            run.log_artifact(curve)
        run.log_model(model)


def recorded_recipes(lab: terrarium.Lab) -> set[str]:
    """Return the recipes of finished runs; an empty set during a reproduction."""
    if terrarium.reproduced_run() or EXPERIMENT not in lab.experiments.names():
        return set()
    finished = lab.experiments.runs(EXPERIMENT, where="status == 'FINISHED'", limit=1000)
    return {run.tags["recipe"] for run in finished if "recipe" in run.tags}


def ranking(runs: list[terrarium.RunSummary]) -> Table:
    """Return the runs as a table, in the given order, without runs that have no metrics (steps of pipelines)."""
    table = Table(title=f"{EXPERIMENT}: runs by area under the ROC curve on the validation part")
    for column in ("", "run", "roc_auc", "average precision", "brier", "id"):
        table.add_column(column, justify="left" if column in ("run", "id") else "right")
    measured = (run for run in runs if run.metrics.keys() >= set(METRICS))
    for place, run in enumerate(measured, start=1):
        metrics = [f"{run.metrics[name]:.4f}" for name in METRICS]
        table.add_row(str(place), run.name, *metrics, run.id[:8])
    return table


def main() -> None:
    """Run the candidates that have no recorded run, and rank all runs."""
    console = Console()
    lab = terrarium.connect(os.environ.get("TERRARIUM_ENVIRONMENT", "dev"))
    experiment = lab.experiment(USE_CASE)
    known = recorded_recipes(lab)
    missing = {name: params for name, params in CANDIDATES.items() if recipe_of(params) not in known}
    split = load_split() if missing else None
    for name, params in missing.items():
        assert split is not None  # noqa: S101 - for the type checker: loaded above
        console.print(f"training {name} …")
        train(experiment, name, params, split)
    if not missing:
        console.print("every candidate is on record already: nothing to train")
    console.print(
        ranking(
            lab.experiments.runs(EXPERIMENT, order_by="metrics.roc_auc desc", where="status == 'FINISHED'")
        )
    )


if __name__ == "__main__":
    main()
