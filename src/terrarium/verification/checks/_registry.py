"""The model registry: the verification's model submitted, loaded by an alias and used."""

from terrarium.lab import Lab
from terrarium.manifest import ATTESTATIONS_PREFIX
from terrarium.models.registry import Registry
from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.checks._tracking import experiment_name
from terrarium.verification.workspace import Workspace

__all__ = ["SUBMIT_MODEL"]


def _submit(workspace: Workspace) -> Observation:
    import numpy as np

    lab, name = workspace.lab, experiment_name(workspace)
    workspace.on_exit(f"registered model {name}", lambda: _erase(lab, name))
    bucket = lab.manifest.registry.bucket
    for prefix in (
        lab.manifest.registry.models_prefix,
        f"{ATTESTATIONS_PREFIX}submissions/",
        f"{ATTESTATIONS_PREFIX}aliases/",
    ):
        workspace.leave(bucket, f"{prefix}{name}/")
    version = lab.models.submit(workspace.run_id, name)
    lab.models.alias(version.reference, "verified")
    predicted = lab.models.load(f"{name}@verified").predict(np.array([[0.0, 0.0], [5.0, 1.0]]))
    if list(predicted) != [0, 1]:
        raise CheckFailedError(
            f"the loaded model predicts {list(predicted)}; the trained one predicts [0, 1]"
        )
    return Observation(f"submitted {version.reference}, moved an alias to it, loaded it, predicted")


def _erase(lab: Lab, name: str) -> None:
    if name in lab.models.names():
        Registry(lab.connection).writing.delete_registered_model(name)  # type: ignore[no-untyped-call] # MLflow's


SUBMIT_MODEL = Check(
    name="model registry",
    run=_submit,
    cause="the role lacks s3:PutObject on the registry's bucket, or a gate of the environment refuses every model",
    needs=("record a run",),
    database=True,
    capability="registry",
)
