"""Models in formats that execute code are refused by their MLmodel file, before anything is loaded."""

import json
import os
from pathlib import Path
from typing import Any

import mlflow
import mlflow.pyfunc
import numpy as np
import pytest
import yaml
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from policies.stack import Stack
from terrarium.experiments.serialization import serialization_options
from terrarium.models.code_formats import ALLOW_CODE, check_loads_data
from terrarium.models.errors import ModelCodeError

FEATURES = np.arange(24.0).reshape(12, 2)
TARGET = np.arange(12) % 2


class Boom:
    """Leaves a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.path),))


class Custom(mlflow.pyfunc.PythonModel):  # type: ignore[misc,name-defined] # untyped
    boom: Boom

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:  # noqa: ARG002 - MLflow's signature
        return model_input


def saved(model: Any, folder: Path, **options: Any) -> Path:
    """Save a scikit-learn model as `run.log_model` does."""
    mlflow.sklearn.save_model(
        model.fit(FEATURES, TARGET),
        folder,
        **serialization_options(mlflow.sklearn, model, {"pip_requirements": ["scikit-learn"], **options}),
    )
    return folder


def edited(folder: Path, flavor: str, **settings: object) -> Path:
    """Change what MLmodel states of a flavor."""
    file = folder / "MLmodel"
    content = yaml.safe_load(file.read_text())
    content["flavors"][flavor].update(settings)
    file.write_text(yaml.safe_dump(content))
    return folder


@pytest.fixture
def logistic(tmp_path: Path) -> Path:
    return saved(LogisticRegression(), tmp_path / "model")


def check(model: Path, *, allow_code: bool = False) -> None:
    check_loads_data(model, reference="churn/1", allow_code=allow_code)


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=2)),
        GradientBoostingClassifier(n_estimators=2),
    ],
    ids=["logistic", "forest", "boosting"],
)
def test_skops_models_of_log_model_load_as_data(model: Any, tmp_path: Path) -> None:
    folder = saved(model, tmp_path / "model")
    check(folder)
    assert len(mlflow.pyfunc.load_model(str(folder)).predict(FEATURES)) == len(TARGET)


@pytest.mark.parametrize("serialization_format", ["pickle", "cloudpickle"])
def test_a_pickle_is_refused_unless_allowed(tmp_path: Path, serialization_format: str) -> None:
    folder = saved(LogisticRegression(), tmp_path / "model", serialization_format=serialization_format)
    with pytest.raises(ModelCodeError, match=f"serialization format is {serialization_format}"):
        check(folder)
    check(folder, allow_code=True)


def test_a_variable_allows_it_for_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(LogisticRegression(), tmp_path / "model", serialization_format="pickle")
    monkeypatch.setenv(ALLOW_CODE, "true")
    check(folder)


def test_a_custom_python_model_is_refused_and_its_payload_does_not_run(tmp_path: Path) -> None:
    custom = Custom()
    custom.boom = Boom(tmp_path / "boom")
    mlflow.pyfunc.save_model(tmp_path / "model", python_model=custom, pip_requirements=[])
    with pytest.raises(ModelCodeError, match=r"mlflow\.pyfunc\.model"):
        check(tmp_path / "model")
    assert not (tmp_path / "boom").exists()


def test_types_that_the_model_itself_calls_trusted_are_not(logistic: Path) -> None:
    """MLflow hands the list of MLmodel to skops: a crafted model trusts itself."""
    for name in (
        "builtins.eval",
        "os.system",
        "numpy.testing._private.utils.runstring",
        "sklearn.utils.parallel.delayed",
        "sklearn.no_such.Thing",
        "churn.model.Wrapper",
    ):
        edited(logistic, "sklearn", skops_trusted_types=["numpy.dtype", name])
        with pytest.raises(ModelCodeError, match=name):
            check(logistic)


def test_a_function_within_a_pipeline_is_code(tmp_path: Path) -> None:
    folder = saved(make_pipeline(FunctionTransformer(np.sort), LogisticRegression()), tmp_path / "model")
    with pytest.raises(ModelCodeError, match=r"functions: numpy\.|format is cloudpickle"):
        check(folder)


@pytest.mark.parametrize(
    ("flavor", "settings"),
    [
        ("python_function", {"loader_module": "mlflow.pyfunc.model"}),
        ("python_function", {"loader_module": "antigravity"}),
        ("python_function", {"code": "code"}),
        ("python_function", {"data": "below/model.skops"}),
        ("python_function", {"data": "../model.skops"}),
        ("python_function", {"loader_module": "mlflow.xgboost"}),
        ("sklearn", {"code": "code"}),
        ("sklearn", {"pickled_model": "below/model.pkl"}),
        ("sklearn", {"serialization_format": "cloudpickle"}),
    ],
    ids=lambda value: (
        "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
    ),
)
def test_an_mlmodel_that_leads_to_other_loaders_is_refused(
    logistic: Path, flavor: str, settings: dict[str, str]
) -> None:
    check(logistic)
    with pytest.raises(ModelCodeError):
        check(edited(logistic, flavor, **settings))


XGBOOST = {"model_class": "xgboost.sklearn.XGBClassifier", "data": "model.ubj", "model_format": "ubj"}
BOOSTER = {"model_class": "lightgbm.basic.Booster", "data": "model.lgb"}
SKOPS = {
    "model_class": "lightgbm.sklearn.LGBMClassifier",
    "data": "model.skops",
    "serialization_format": "skops",
}
CATBOOST = {"model_type": "CatBoostClassifier", "save_format": "cbm", "data": "model.cb"}
ONNX = {"onnx_version": "1.19.0", "data": "model.onnx", "providers": ["CPUExecutionProvider"]}


def stated(folder: Path, flavor: str, settings: dict[str, Any], loader: str | None = None) -> Path:
    """A folder with an MLmodel as MLflow's flavor writes it; the library itself need not be here."""
    pyfunc = {"loader_module": loader or f"mlflow.{flavor}", "data": settings["data"]}
    folder.mkdir()
    content = {
        "flavors": {"python_function": pyfunc, flavor: settings},
        "utc_time_created": "2026-11-30 00:00:00",
    }
    (folder / "MLmodel").write_text(yaml.safe_dump(content))
    return folder


@pytest.mark.parametrize(
    ("flavor", "settings"),
    [
        ("xgboost", XGBOOST),
        ("lightgbm", BOOSTER),
        ("lightgbm", SKOPS),
        ("catboost", CATBOOST),
        ("onnx", ONNX),
    ],
    ids=["xgboost", "lightgbm-booster", "lightgbm-skops", "catboost", "onnx"],
)
def test_formats_of_data_are_loaded(tmp_path: Path, flavor: str, settings: dict[str, Any]) -> None:
    check(stated(tmp_path / "model", flavor, settings))


@pytest.mark.parametrize(
    ("flavor", "settings"),
    [
        ("xgboost", XGBOOST | {"model_class": "os.system"}),
        ("xgboost", XGBOOST | {"data": "below/model.ubj"}),
        ("lightgbm", SKOPS | {"serialization_format": "cloudpickle"}),
        ("lightgbm", SKOPS | {"skops_trusted_types": ["builtins.exec"]}),
        ("pytorch", {"data": "data", "serialization_format": "pickle"}),
        ("tensorflow", {"data": "data"}),
        ("statsmodels", {"data": "model.statsmodels"}),
    ],
    ids=[
        "xgboost-class",
        "xgboost-below",
        "lightgbm-cloudpickle",
        "lightgbm-exec",
        "pytorch",
        "tensorflow",
        "statsmodels",
    ],
)
def test_formats_that_hold_code_are_refused(tmp_path: Path, flavor: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ModelCodeError):
        check(stated(tmp_path / "model", flavor, settings))


@pytest.mark.parametrize("name", ["dev", "prod", "staging", "test"])
def test_jobs_with_other_rights_than_users_jobs_load_no_models(stacks: dict[str, Stack], name: str) -> None:
    stack = stacks[name]
    for definition in stack.resources("aws_batch_job_definition"):
        container = json.loads(definition.attributes.get("container_properties", "{}"))
        refuses = {"name": "MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "value": "false"} in container.get(
            "environment", []
        )
        operators = definition.attributes["name"].rpartition("-")[2] in ("migration", "promotion")
        assert refuses == operators, definition.attributes["name"]
