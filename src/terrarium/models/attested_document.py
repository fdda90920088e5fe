"""What all attestations have in common: a subject and an author."""

from pydantic import BaseModel, ConfigDict

__all__ = ["AttestedDocument"]


class AttestedDocument(BaseModel):
    """A document of the registry's bucket.

    Attributes:
        by: ARN of the principal that wrote it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str

    @property
    def subject(self) -> str:
        """What the document is about, as a path; part of its key."""
        raise NotImplementedError
