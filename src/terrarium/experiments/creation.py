"""Creation of experiments in MLflow, with their use cases as tags."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment as MlflowExperiment

    from terrarium.record import UseCase

__all__ = ["ensure_experiment"]


def ensure_experiment(
    client: "MlflowClient", name: str, use_case: "UseCase | None"
) -> "tuple[str, UseCase | None]":
    """Create the experiment unless it exists, and store the use case in its tags.

    Returns:
        MLflow's experiment id, and the use case: the one that is stated, else the one that is on record.
    """
    from terrarium.record import UseCase

    experiment = client.get_experiment_by_name(name) or _create(client, name)
    stated = use_case.tags() if use_case else {}
    for tag, value in stated.items():
        if experiment.tags.get(tag) != value:
            client.set_experiment_tag(experiment.experiment_id, tag, value)
    return str(experiment.experiment_id), use_case or UseCase.from_tags(experiment.tags)


def _create(client: "MlflowClient", name: str) -> "MlflowExperiment":
    from mlflow.exceptions import MlflowException

    try:
        client.create_experiment(name)
    except MlflowException as error:
        # Another process has created it meanwhile, or it is deleted.
        found = client.get_experiment_by_name(name)
        if found is None:
            raise error from None
        return found
    created = client.get_experiment_by_name(name)
    assert created is not None  # noqa: S101 - for the type checker: it was just made
    return created
