"""Searches for hyperparameters: every trial a run of its own, nested in the run that searches.

Service: higher services, the lab and faces may import it.
"""

from terrarium.trials.search import HyperparameterSearch

__all__ = ["HyperparameterSearch"]
