"""Base class of attestations: a subject and an author."""

from abc import abstractmethod

from pydantic import BaseModel, ConfigDict

__all__ = ["AttestedDocument"]


class AttestedDocument(BaseModel):
    """A document in the registry's bucket.

    Attributes:
        by: The ARN of the principal that wrote it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str

    @property
    @abstractmethod
    def subject(self) -> str:
        """The subject of the document, as a path; part of its key."""
