"""Training pipeline of the use case. It runs every week, for new cases, and after drift.

The model is submitted if it passes the gate. This module imports only what a deployment needs: steps name their
functions.
"""

import terrarium
from examples.breast_cancer.use_case import USE_CASE

__all__ = ["INCOMING", "PIPELINE"]

INCOMING = "incoming/breast-cancer/"
"""Where the clinic's exports arrive, among the environment's artifacts."""

_STEPS = "examples.breast_cancer.steps"

PIPELINE = terrarium.Pipeline(
    "breast-cancer",
    use_case=USE_CASE,
    parameters={"minimum_roc_auc": 0.98},
    schedule="cron(0 4 ? * MON *)",
    triggers=[
        terrarium.DataArrival(prefix=INCOMING),
        terrarium.Drift(check="examples.breast_cancer.drift:has_drifted", schedule="cron(0 4 ? * THU *)"),
    ],
    deadline_hours=4,
    steps=[
        terrarium.Step(name="ingest", run=f"{_STEPS}:ingest"),
        terrarium.Step(name="validate", run=f"{_STEPS}:validate", after=("ingest",)),
        terrarium.Step(name="split", run=f"{_STEPS}:split", after=("validate",)),
        terrarium.Step(
            name="train",
            run=f"{_STEPS}:train",
            after=("split",),
            over=("logistic", "logistic, strongly regularised"),
            deadline_minutes=30,
        ),
        terrarium.Step(name="evaluate", run=f"{_STEPS}:evaluate", after=("train",)),
        terrarium.Step(name="gate", run=f"{_STEPS}:gate", after=("evaluate",)),
        terrarium.Step(name="submit", run=f"{_STEPS}:submit", after=("gate",)),
    ],
)
