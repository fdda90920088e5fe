"""Experiments and their runs, kept by MLflow behind `terrarium://<environment>`.

Service: higher services, the lab and faces may import it.
"""

from terrarium.experiments._experiment import Experiment
from terrarium.experiments.run import Run
from terrarium.experiments.service import Experiments
from terrarium.record.run_summary import RunSummary

__all__ = ["Experiment", "Experiments", "Run", "RunSummary"]
