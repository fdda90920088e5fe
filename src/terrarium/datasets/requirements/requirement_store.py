"""`RequirementStore`: data requirements, stored with their use cases."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlflow import MlflowClient

    from terrarium.artifacts import Artifacts
    from terrarium.datasets.requirements.requirement import DataRequirement
    from terrarium.record import UseCase

__all__ = ["RequirementStore"]

# Tag of the use case's experiment, one per dataset; its value is the reference to the document.
_REQUIREMENT = "terrarium.requirement"


class RequirementStore:
    """The data requirements of an environment.

    Args:
        artifacts: The artifacts, which hold the documents.
        client: MLflow's client: tags of experiments refer to the documents.
    """

    def __init__(self, artifacts: "Artifacts", client: "Callable[[], MlflowClient]") -> None:
        self._artifacts = artifacts
        self._client = client

    def store(self, requirement: "DataRequirement", use_case: "UseCase | str") -> None:
        """Attach a requirement to a use case; see `Datasets.require`."""
        from terrarium.experiments.creation import ensure_experiment

        named = isinstance(use_case, str)
        name = use_case if isinstance(use_case, str) else use_case.name
        folder = f"requirements/{name}/{requirement.dataset}"
        artifacts, client = self._artifacts, self._client()
        artifacts.put_bytes(requirement.markdown().encode(), f"{folder}.md")
        kept = artifacts.put_bytes(requirement.model_dump_json(indent=1).encode(), f"{folder}.json")
        experiment, _ = ensure_experiment(client, name, None if named else use_case)  # type: ignore[arg-type] # not a name
        client.set_experiment_tag(experiment, f"{_REQUIREMENT}.{requirement.dataset}", str(kept))

    def read(self, use_case: "UseCase | str") -> "tuple[DataRequirement, ...]":
        """Return the requirements of a use case; see `Datasets.requirements`."""
        from terrarium.datasets.requirements.requirement import DataRequirement

        name = use_case if isinstance(use_case, str) else use_case.name
        experiment = self._client().get_experiment_by_name(name)
        tags = experiment.tags if experiment else {}
        return tuple(
            DataRequirement.model_validate_json(self._artifacts.get_bytes(tags[tag]))
            for tag in sorted(tags)
            if tag.startswith(f"{_REQUIREMENT}.")
        )
