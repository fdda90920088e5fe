"""Attestations: what was decided about a version, by whom, as documents of the registry's bucket."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from terrarium.artifacts import ArtifactRef
from terrarium.models.approval import Approval
from terrarium.models.attested_document import AttestedDocument
from terrarium.models.tags import SUBMITTED_BY

__all__ = ["VersionAttestation"]


class VersionAttestation(AttestedDocument):
    """States that a version was submitted, or promoted, with this package and these results of gates.

    Attributes:
        format: Format of this document.
        environment: The environment of the version.
        account: AWS account of that environment.
        name: Name of the registered model.
        version: Number of the version.
        run: MLflow's id of the run.
        source: Where MLflow finds the model.
        package: The package; its digest pins every file.
        release: The release; its digest pins what a promotion reads of the version.
        tags: The version's tags whose names begin with `terrarium.model.`: submitter, metrics, gates, origins.
        at: Aware, UTC.
        promoted: Whether a promotion made the version.
        approval: The approval by which a promoted version entered this environment.
    """

    format: Literal[1] = 1
    environment: str
    account: str
    name: str
    version: Annotated[int, Field(ge=1)]
    run: str
    source: str
    package: ArtifactRef
    release: ArtifactRef
    tags: dict[str, str]
    at: datetime
    promoted: bool = False
    approval: Approval | None = None

    @property
    def reference(self) -> str:
        """E.g. `churn/3`."""
        return f"{self.name}/{self.version}"

    @property
    def subject(self) -> str:
        """The version."""
        return self.reference

    @property
    def submitter(self) -> str:
        """ARN of who submitted the version: of a promoted one, in the first environment."""
        return self.tags.get(SUBMITTED_BY, self.by) if self.promoted else self.by
