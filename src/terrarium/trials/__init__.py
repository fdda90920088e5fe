"""Searches for hyperparameters: every trial a run of its own, nested in the run that searches."""

from terrarium.trials.search import HyperparameterSearch

__all__ = ["HyperparameterSearch"]
