"""Storage of data requirements with their use cases."""

from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.connection import Connection
    from terrarium.datasets.requirements.requirement import DataRequirement
    from terrarium.record import UseCase

__all__ = ["RequirementStore"]

# Tag of the use case's experiment, one per dataset; its value is the reference to the document.
_REQUIREMENT = "terrarium.requirement"


@checked_methods
class RequirementStore:
    """The part of `Datasets` that stores requirements."""

    _artifacts: "Artifacts"
    _connection: "Connection"

    def require(self, requirement: "DataRequirement", *, use_case: "UseCase | str") -> None:
        """Attach a requirement to a use case, in place of its requirement of the same dataset.

        It is stored as two artifacts, JSON and Markdown, whose earlier versions stay. A tag of the use case's
        experiment refers to the JSON.

        Args:
            requirement: The requirement, in any state.
            use_case: The use case, or the name of its experiment.
        """
        from terrarium.experiments.creation import ensure_experiment

        named = isinstance(use_case, str)
        name = use_case if isinstance(use_case, str) else use_case.name
        folder = f"requirements/{name}/{requirement.dataset}"
        artifacts, client = self._artifacts, self._connection.mlflow_client
        artifacts.put_bytes(requirement.markdown().encode(), f"{folder}.md")
        kept = artifacts.put_bytes(requirement.model_dump_json(indent=1).encode(), f"{folder}.json")
        experiment, _ = ensure_experiment(client, name, None if named else use_case)  # type: ignore[arg-type] # not a name
        client.set_experiment_tag(experiment, f"{_REQUIREMENT}.{requirement.dataset}", str(kept))

    def requirements(self, use_case: "UseCase | str") -> "tuple[DataRequirement, ...]":
        """Return the requirements of a use case, by dataset; none for an unknown use case.

        Args:
            use_case: The use case, or the name of its experiment.
        """
        from terrarium.datasets.requirements.requirement import DataRequirement

        name = use_case if isinstance(use_case, str) else use_case.name
        experiment = self._connection.mlflow_client.get_experiment_by_name(name)
        tags = experiment.tags if experiment else {}
        return tuple(
            DataRequirement.model_validate_json(self._artifacts.get_bytes(tags[tag]))
            for tag in sorted(tags)
            if tag.startswith(f"{_REQUIREMENT}.")
        )
