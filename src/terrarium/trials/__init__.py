"""Hyperparameter search: each trial is a run, nested in the run of the search.

Service: higher services, the lab and faces may import it.
"""

from terrarium.trials.search import HyperparameterSearch

__all__ = ["HyperparameterSearch"]
