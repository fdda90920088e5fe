"""Architecture of a model from the data that MLflow's autologging and `log_model` record."""

import json
from typing import TYPE_CHECKING, Any

from terrarium.io.digest import digest_of
from terrarium.record.artifact_file import artifact_file
from terrarium.record.sections import Architecture

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

__all__ = ["autologged_architecture"]

_ESTIMATOR_CLASS = "estimator_class"  # tag that mlflow.sklearn.autolog sets
_SUMMARY = "model_summary.txt"  # artifact that the autologging of Lightning and Keras writes
_DESCRIPTION = "MLmodel"  # MLflow's description of a model, a file in its folder
_ANY = "python_function"  # the generic flavor that nearly every model has besides its specific one


def autologged_architecture(client: "MlflowClient", run: "Run") -> Architecture | None:
    """Return the architecture of a run's model, as far as MLflow recorded it.

    The name is the estimator class that scikit-learn's autologging recorded, or else the class or flavor of the logged
    model. The description is the summary of layers that autologging wrote, or else the hyperparameters.

    Returns:
        None if the run neither used autologging nor logged a model.
    """
    name = run.data.tags.get(_ESTIMATOR_CLASS) or _kept_model(client, run)
    if name is None:
        return None
    description = _summary(client, run) or json.dumps(run.data.params, sort_keys=True)
    digest = digest_of(f"{name}\n{description}")
    return Architecture(name=name, description=description, digest=digest)


def _kept_model(client: "MlflowClient", run: "Run") -> str | None:
    """Return the class of the model that the run logged last, or its flavor if MLflow recorded no class."""
    from mlflow.models import Model

    outputs = run.outputs.model_outputs if run.outputs else []
    kept = [client.get_logged_model(output.model_id) for output in outputs]
    if not kept:
        return None
    last = max(kept, key=lambda model: model.creation_timestamp)
    with artifact_file(client, f"{last.artifact_location}/{_DESCRIPTION}") as file:
        flavors: dict[str, Any] = Model.load(str(file)).flavors
    own = next((name for name in flavors if name != _ANY), _ANY)
    stated = flavors[own].get("model_class") or flavors[own].get("loader_module")
    return str(stated or own)


def _summary(client: "MlflowClient", run: "Run") -> str | None:
    if all(file.path != _SUMMARY for file in client.list_artifacts(run.info.run_id)):
        return None
    with artifact_file(client, f"{run.info.artifact_uri}/{_SUMMARY}") as file:
        return file.read_text(encoding="utf-8")
