"""The section `audit`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.lock_mode import LATER_OBJECTS, LockMode, check_lock_mode
from environments.sections.section import Section
from environments.sections.switch import REFUSED_WHILE_PROTECTED

__all__ = ["Audit"]


class Audit(Section):
    """The audit trail: calls of AWS APIs in the account, and reads and writes of the platform's objects."""

    enabled: Annotated[
        bool,
        REFUSED_WHILE_PROTECTED,
        Change(
            effect="deleted",
            how="Log files are deleted: copy them first. A locked log file keeps its bucket until the lock ends or an "
            "administrator deletes it.",
            case="switched off",
        ),
        IN_PLACE,
    ] = True
    """Whether the environment has an audit trail of its own. Switch it off where a trail of the organization records
    the account, data events of the platform's buckets included. Defaults to true."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the trail's bucket. Defaults to the tier's value."""

    retention_days: Annotated[int, Field(ge=90, le=3650), IN_PLACE]
    """Days that log files are kept. Defaults to the tier's value."""

    locked_days: Annotated[
        int,
        Field(ge=0, le=3650),
        LATER_OBJECTS,
    ]
    """Days in which a log file cannot be changed or deleted (S3 object lock, see `lock_mode`), at most
    `retention_days`; 0 for no lock. Defaults to the tier's value."""

    lock_mode: Annotated[
        LockMode,
        LATER_OBJECTS,
    ]
    """Mode of the object lock. `governance`: principals with `s3:BypassGovernanceRetention` can delete locked objects;
    no role of the platform has this permission, and an administrator can grant it. `compliance`: no principal can, the
    account's root user and AWS Support included. Defaults to the tier's value."""

    @model_validator(mode="after")
    def _check_lock(self) -> Self:
        if self.locked_days > self.retention_days:
            raise ValueError(
                f"locked_days must be at most retention_days ({self.retention_days}): a locked log file cannot expire"
            )
        check_lock_mode(self.lock_mode, locked_days=self.locked_days, protected=self.protected)
        return self
