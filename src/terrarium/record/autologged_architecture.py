"""What MLflow's autologging and plain `log_model` tell about a model, where the run stated no architecture itself."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from terrarium.record.sections import Architecture

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

__all__ = ["autologged_architecture"]

_ESTIMATOR_CLASS = "estimator_class"  # tag of a run that mlflow.sklearn.autolog logs to
_SUMMARY = "model_summary.txt"  # artifact of a run that the autologging of Lightning and Keras logs to
_ANY = "python_function"  # the flavor that nearly every model has besides its own


def autologged_architecture(client: "MlflowClient", run: "Run") -> Architecture | None:
    """Return the architecture of a run's model, as far as MLflow has it on record.

    The name is the estimator's class as scikit-learn's autologging states it, else the class or the flavor that the
    kept model states. The description is the summary of its layers that autologging wrote, else the hyperparameters.

    Returns:
        None where the run neither autologged nor kept a model.
    """
    name = run.data.tags.get(_ESTIMATOR_CLASS) or _kept_model(client, run)
    if name is None:
        return None
    description = _summary(client, run) or json.dumps(run.data.params, sort_keys=True)
    digest = hashlib.sha256(f"{name}\n{description}".encode()).hexdigest()
    return Architecture(name=name, description=description, digest=f"sha256:{digest}")


def _kept_model(client: "MlflowClient", run: "Run") -> str | None:
    """Return the class of the model that the run kept last, or its flavor where MLflow states no class."""
    from mlflow.models import Model

    outputs = run.outputs.model_outputs if run.outputs else []
    kept = [client.get_logged_model(output.model_id) for output in outputs]
    if not kept:
        return None
    last = max(kept, key=lambda model: model.creation_timestamp)
    flavors: dict[str, Any] = Model.load(last.artifact_location).flavors
    own = next((name for name in flavors if name != _ANY), _ANY)
    stated = flavors[own].get("model_class") or flavors[own].get("loader_module")
    return str(stated or own)


def _summary(client: "MlflowClient", run: "Run") -> str | None:
    from mlflow.artifacts import load_text

    if all(file.path != _SUMMARY for file in client.list_artifacts(run.info.run_id)):
        return None
    text: str = load_text(f"{run.info.artifact_uri}/{_SUMMARY}")
    return text
