"""The section `audit`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.lock_mode import LATER_OBJECTS, LockMode, check_lock_mode
from environments.sections.section import Section
from environments.sections.switch import REFUSED_WHILE_PROTECTED

__all__ = ["Audit"]


BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
"""The name of a bucket (Amazon S3 User Guide, "General purpose bucket naming rules")."""


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
    """Whether calls are recorded. Where a trail of the organization records them, set `trail` instead, which `terrarium
    verify` checks. Defaults to true."""

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

    trail: Annotated[
        Literal["own", "organization"],
        Change(
            effect="deleted",
            how="To organization, the trail and its bucket are deleted: copy the log files that must stay, and set "
            "audit.protected to false first. An administrator deploys it.",
        ),
    ] = "own"
    """The trail that records the account. `own`: the stack creates one. `organization`: a trail of the organization
    does; the stack creates neither trail nor bucket, and `terrarium verify` checks that such a trail records
    everything. Defaults to `own`."""

    log_bucket: Annotated[
        BucketName | None,
        Change(
            effect="deleted",
            how="With another bucket, the bucket of the environment is deleted: as for `trail`. An administrator "
            "deploys it.",
        ),
    ] = None
    """An existing bucket that the trail writes to, in this account or in a security account. Its policy must admit the
    trail, and its owner decides on retention and locks: `retention_days`, `locked_days` and `lock_mode` do not apply
    then. Defaults to a bucket of the environment."""

    log_key_arn: Annotated[
        Annotated[str, Field(pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/.+$")] | None, IN_PLACE
    ] = None
    """The KMS key that encrypts log files in `log_bucket`, in the region of the bucket. Its policy must admit the
    trail. Defaults to the key of the environment, which readers in another account cannot use."""

    access_log_bucket: Annotated[BucketName | None, IN_PLACE] = None
    """An existing bucket that S3 writes access logs of all buckets to. S3 requires the same account and region. The
    audit trail records every access without it. Defaults to none."""

    @model_validator(mode="after")
    def _check_trail(self) -> Self:
        if self.trail == "organization" and (self.log_bucket or self.log_key_arn):
            raise ValueError(
                "audit.log_bucket and audit.log_key_arn are about the environment's own trail: remove them, or set "
                'audit.trail to "own"'
            )
        if self.log_key_arn and not self.log_bucket:
            raise ValueError(
                "audit.log_key_arn needs audit.log_bucket: the environment's own bucket is encrypted with its key"
            )
        return self

    @model_validator(mode="after")
    def _check_lock(self) -> Self:
        if self.locked_days > self.retention_days:
            raise ValueError(
                f"locked_days must be at most retention_days ({self.retention_days}): a locked log file cannot expire"
            )
        check_lock_mode(self.lock_mode, locked_days=self.locked_days, protected=self.protected)
        return self
