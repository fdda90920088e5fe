"""The section `audit`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from environments.sections.lock_mode import LockMode, check_lock_mode
from environments.sections.section import Section

__all__ = ["Audit"]


class Audit(Section):
    """The trail of who did what: calls of the account's APIs, and reads and writes of the platform's objects."""

    protected: bool
    """Whether Terraform refuses to destroy the trail's bucket. Omitted: by tier."""

    retention_days: Annotated[int, Field(ge=90, le=3650)]
    """Days that the trail's logs are kept. Omitted: by tier."""

    locked_days: Annotated[int, Field(ge=0, le=3650)]
    """Days in which a log cannot be changed or deleted (S3 object lock), as `lock_mode` says, at most `retention_days`;
    0 for none. Omitted: by tier."""

    lock_mode: LockMode
    """Whom the lock binds: `governance`, everybody without `s3:BypassGovernanceRetention`, which no role of the kit has
    and an administrator may give; `compliance`, everybody, the account's root user and AWS Support included, so that
    nothing can be deleted before its time. Omitted: by tier."""

    @model_validator(mode="after")
    def _locked_while_kept(self) -> Self:
        if self.locked_days > self.retention_days:
            raise ValueError(
                f"locked_days must be at most retention_days ({self.retention_days}): a locked log cannot end"
            )
        check_lock_mode(self.lock_mode, locked_days=self.locked_days, protected=self.protected)
        return self
