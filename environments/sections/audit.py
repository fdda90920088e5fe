"""The section `audit`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from environments.sections.section import Section

__all__ = ["Audit"]


class Audit(Section):
    """The trail of who did what: calls of the account's APIs, and reads and writes of the platform's objects."""

    protected: bool
    """Whether Terraform refuses to destroy the trail's bucket. Omitted: by tier."""

    retention_days: Annotated[int, Field(ge=90, le=3650)]
    """Days that the trail's logs are kept. Omitted: by tier."""

    locked_days: Annotated[int, Field(ge=0, le=3650)]
    """Days in which nobody can change or delete a log (S3 object lock), at most `retention_days`. Omitted: by tier."""

    @model_validator(mode="after")
    def _locked_while_kept(self) -> Self:
        if self.locked_days > self.retention_days:
            raise ValueError(
                f"locked_days must be at most retention_days ({self.retention_days}): a locked log cannot end"
            )
        return self
