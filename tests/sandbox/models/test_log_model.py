"""Models that one process logs can be loaded by another."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import terrarium
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

FEATURES = np.arange(80, dtype=float).reshape(40, 2) % 7
TARGET = np.array([0, 1] * 20)


class Doubled(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A transformer of a project's own."""

    def fit(self, features: Any, target: Any = None) -> "Doubled":  # noqa: ARG002 - scikit-learn's signature
        """Learn nothing."""
        return self

    def transform(self, features: Any) -> Any:
        """Return twice the features."""
        return 2 * features


def pipeline_of_the_readme() -> Any:
    encoder = OneHotEncoder(handle_unknown="ignore", min_frequency=3)
    columns = ColumnTransformer([("codes", encoder, [0]), ("numbers", StandardScaler(), [1])])
    return make_pipeline(columns, LogisticRegression())


@pytest.mark.parametrize(
    ("model", "written_by"),
    [
        pytest.param(pipeline_of_the_readme(), "skops", id="columns"),
        pytest.param(RandomForestClassifier(5, random_state=7), "skops", id="forest"),
        pytest.param(HistGradientBoostingClassifier(max_iter=5, random_state=7), "skops", id="boosting"),
        pytest.param(IsolationForest(n_estimators=5, random_state=7), "skops", id="outliers"),
        pytest.param(make_pipeline(Doubled(), LogisticRegression()), "skops", id="own class"),
        pytest.param(
            make_pipeline(FunctionTransformer(lambda x: x + 1), LogisticRegression()),
            "cloudpickle",
            id="lambda",
        ),
    ],
)
def test_every_model_of_this_process_is_kept_and_loaded(
    lab: terrarium.Lab, model: Any, written_by: str
) -> None:
    model.fit(FEATURES, TARGET)
    with lab.experiment("kept").run() as run:
        kept = run.log_model(model)
    assert kept.flavors is not None
    assert kept.flavors["sklearn"]["serialization_format"] == written_by
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    loaded = mlflow.sklearn.load_model(kept.model_uri)
    assert np.array_equal(loaded.predict(FEATURES), model.predict(FEATURES))


# A class of a script is in `__main__`, which the process that loads the model has another of.
_SCRIPT = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
import terrarium

class Constant(ClassifierMixin, BaseEstimator):
    def fit(self, features, target):
        self.classes_ = np.unique(target)
        return self
    def predict(self, features):
        return np.full(len(features), self.classes_[-1])

with terrarium.connect("sdk").experiment("kept").run() as run:
    print(run.log_model(Constant().fit([[0.0], [1.0]], [0, 1])).model_uri)
"""


def test_a_model_whose_class_is_of_a_script_is_loaded_by_another_process(
    lab: terrarium.Lab, account: Account
) -> None:
    script = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=account.environ(), capture_output=True, text=True, check=True
    )
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    loaded = mlflow.sklearn.load_model(script.stdout.strip().splitlines()[-1])
    assert list(loaded.predict([[0.0], [1.0], [2.0]])) == [1, 1, 1]


def test_explicit_arguments_take_precedence(lab: terrarium.Lab) -> None:
    model = RandomForestClassifier(5, random_state=7).fit(FEATURES, TARGET)
    with lab.experiment("kept").run() as run:
        with pytest.raises(mlflow.MlflowException, match="untrusted types"):
            run.log_model(model, skops_trusted_types=[])
        kept = run.log_model(model, serialization_format="cloudpickle")
    assert kept.flavors is not None
    assert kept.flavors["sklearn"]["serialization_format"] == "cloudpickle"


def test_the_packages_of_a_models_types_are_required(lab: terrarium.Lab) -> None:
    model = RandomForestClassifier(5, random_state=7).fit(FEATURES, TARGET)
    with lab.experiment("kept").run() as run:
        kept = run.log_model(model)
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    requirements = Path(mlflow.artifacts.download_artifacts(kept.model_uri)) / "requirements.txt"
    required = {line.partition("==")[0] for line in requirements.read_text().splitlines()}
    assert {"scikit-learn", "skops"} <= required
