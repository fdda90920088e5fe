"""The section `registry`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.lock_mode import LATER_OBJECTS, LockMode, check_lock_mode
from environments.sections.section import Name, Section
from environments.sections.switch import REFUSED_WHILE_PROTECTED
from terrarium.manifest import ModelGates

__all__ = ["Registry"]

_CHAMPIONS = Change(
    effect="in place with interruption",
    how="A champion without such an approval does not load: have another person approve it before the deployment.",
    case="higher",
)


class Registry(Section):
    """The model registry: submitted models, their locks, gates and approvals."""

    enabled: Annotated[
        bool,
        REFUSED_WHILE_PROTECTED,
        Change(
            effect="deleted",
            how="Packages, attestations and serving images are deleted. A locked object keeps its bucket until the "
            "lock ends or an administrator deletes it. Rows about models in the metadata database stay.",
            case="switched off",
        ),
        IN_PLACE,
    ] = True
    """Whether the environment has a model registry. Without it, `lab.models` raises an error, and no model is promoted
    from or to it. Defaults to true."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the bucket of models, and the repository of serving images while it contains
    images. Defaults to the tier's value."""

    locked_days: Annotated[
        int,
        Field(ge=0, le=3650),
        LATER_OBJECTS,
    ]
    """Days in which a submitted model and its attestations cannot be changed or deleted (S3 object lock, see
    `lock_mode`); 0 for no lock. Defaults to the tier's value."""

    lock_mode: Annotated[
        LockMode,
        LATER_OBJECTS,
    ]
    """Mode of the object lock. `governance`: principals with `s3:BypassGovernanceRetention` can delete locked objects;
    no role of the platform has this permission, and an administrator can grant it. `compliance`: no principal can, the
    account's root user and AWS Support included. Defaults to the tier's value."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650), IN_PLACE]
    """Days that replaced versions of objects are kept. Defaults to the tier's value."""

    promotes_from: Annotated[Name | None, IN_PLACE] = None
    """The environment whose models may be promoted to this one. Defaults to none."""

    approval: Annotated[bool, _CHAMPIONS, IN_PLACE]
    """Whether a version needs an approval before it is promoted to this environment or becomes champion. Defaults to
    the tier's value."""

    separate_approver: Annotated[bool, _CHAMPIONS, IN_PLACE]
    """Whether the approver must be another person than the submitter; the names of their sessions are compared.
    Defaults to the tier's value."""

    gates: Annotated[ModelGates, IN_PLACE] = ModelGates()
    """Conditions that a model must satisfy to enter the registry, besides a complete record of its run. Defaults to
    none."""

    @model_validator(mode="after")
    def _check_lock(self) -> Self:
        check_lock_mode(self.lock_mode, locked_days=self.locked_days, protected=self.protected)
        return self
