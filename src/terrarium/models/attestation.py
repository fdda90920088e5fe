"""`VersionAttestation`: the document in the registry's bucket that records a submission or promotion."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from terrarium.artifacts import ArtifactRef
from terrarium.models._approval import Approval
from terrarium.models._attested_document import AttestedDocument
from terrarium.models._tags import SUBMITTED_BY

__all__ = ["VersionAttestation"]


class VersionAttestation(AttestedDocument):
    """States that a version was submitted or promoted with this package and these gate results.

    Attributes:
        format: The format version of this document.
        environment: The environment of the version.
        account: The AWS account of that environment.
        name: The name of the registered model.
        version: The number of the version.
        run: MLflow's id of the run.
        source: The location from which MLflow loads the model.
        package: The package; its digest pins every file.
        release: The release; its digest pins the data that a promotion reads.
        tags: The version's tags with the prefix `terrarium.model.`: submitter, metrics, gates, origins.
        at: The time of the attestation, aware, UTC.
        promoted: Whether a promotion created the version.
        approval: The approval with which a promoted version entered this environment.
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
        """The reference of the version, e.g. `churn/3`."""
        return f"{self.name}/{self.version}"

    @property
    def subject(self) -> str:
        """The reference of the version."""
        return self.reference

    @property
    def submitter(self) -> str:
        """The ARN of the submitter. For a promoted version: of the submitter in the first environment."""
        return self.tags.get(SUBMITTED_BY, self.by) if self.promoted else self.by
