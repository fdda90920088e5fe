"""The section `registry`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from environments.sections.lock_mode import LockMode, check_lock_mode
from environments.sections.section import Name, Section
from terrarium.manifest import ModelGates

__all__ = ["Registry"]


class Registry(Section):
    """The model registry: what was submitted, and where it may be promoted from."""

    protected: bool
    """Whether Terraform refuses to destroy the bucket of models, and the repository of serving images while it holds
    images. Defaults to the tier's value."""

    locked_days: Annotated[int, Field(ge=0, le=3650)]
    """Days in which a submitted model, and what is attested about it, cannot be changed or deleted (S3 object lock), as
    `lock_mode` says; 0 for none. Omitted: by tier."""

    lock_mode: LockMode
    """Whom the lock binds: `governance`, everybody without `s3:BypassGovernanceRetention`, which no role of the kit has
    and an administrator may give; `compliance`, everybody, the account's root user and AWS Support included, so that
    nothing can be deleted before its time. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that replaced models are kept. Omitted: by tier."""

    promotes_from: Name | None = None
    """The environment whose models may be promoted to this one; never the other way. Omitted: none."""

    approval: bool
    """Whether somebody must approve a version before it is promoted here, or becomes champion. Omitted: by tier."""

    separate_approver: bool
    """Whether the approver must be another person than the submitter, by the names of their sessions. Omitted: by
    tier."""

    gates: ModelGates = ModelGates()
    """What a model must pass to enter the registry. Omitted: that its run's record is complete."""

    @model_validator(mode="after")
    def _lock_can_be_kept(self) -> Self:
        check_lock_mode(self.lock_mode, locked_days=self.locked_days, protected=self.protected)
        return self
