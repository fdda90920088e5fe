"""The candidate models by name."""

from collections.abc import Mapping

from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.breast_cancer.data import SEED

__all__ = ["CANDIDATES", "build"]

CANDIDATES: Mapping[str, Mapping[str, object]] = {
    "logistic": {"model": "logistic", "C": 1.0},
    "logistic, strongly regularised": {"model": "logistic", "C": 0.01},
    "forest": {"model": "forest", "n_estimators": 200, "min_samples_leaf": 2},
    "boosting": {"model": "boosting", "learning_rate": 0.1, "max_iter": 100},
}


def build(params: Mapping[str, object]) -> ClassifierMixin:
    """Return an unfitted classifier with recorded hyperparameters."""
    rest = {key: value for key, value in params.items() if key != "model"}
    match params["model"]:
        case "logistic":
            return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **rest))
        case "forest":
            return RandomForestClassifier(random_state=SEED, **rest)
        case "boosting":
            return HistGradientBoostingClassifier(random_state=SEED, **rest)
        case unknown:
            raise ValueError(f"no candidate is called {unknown!r}")
