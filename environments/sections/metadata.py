"""The section `metadata`."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.engine_versions import (
    EngineVersion,
    creatable_versions,
    known_versions,
    newest_of_major,
)
from environments.sections.section import LogRetentionDays, Section

__all__ = ["MetadataDatabase"]


def _multiple_of_half_unit(capacity: float) -> float:
    if capacity * 2 != int(capacity * 2):
        raise ValueError("must be a multiple of 0.5 Aurora capacity units")
    return capacity


def _creatable_version(given: str) -> str:
    match = re.fullmatch(r"(\d{2})(?:\.(\d{1,2}))?", given)
    if match is None:
        raise ValueError("must be a major version such as 17, or a full version such as 17.7, in quotes")
    major = int(match[1])
    of_major = [version for version in creatable_versions() if version.major == major]
    if match[2] is None:
        if not of_major:
            majors = ", ".join(
                str(major) for major in sorted({version.major for version in creatable_versions()})
            )
            raise ValueError(f"must be a major version that RDS creates clusters of: {majors}")
        return given
    version = EngineVersion(major, int(match[2]))
    newest_known = max((known for known in known_versions() if known.major == major), default=None)
    # A version that is newer than the data may exist. An older one that is missing in `of_major` does not, or no
    # longer.
    if version in of_major or newest_known is None or version > newest_known:
        return given
    if not of_major:
        raise ValueError(f"RDS no longer creates clusters of version {major}: choose a newer major version")
    raise ValueError(
        f"RDS no longer creates clusters of version {given}; of major version {major}, it creates "
        f'{", ".join(map(str, of_major))}. For a cluster that already runs {given}, set "{major}": '
        "its minor version then stays as it is"
    )


# The first version of each major that scales to zero; every minor of later majors does.
# Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume".
_FIRST_TO_PAUSE = {
    version.major: version for version in map(EngineVersion._make, ((13, 15), (14, 12), (15, 7), (16, 3)))
}

CapacityUnits = Annotated[float, Field(ge=0, le=256), AfterValidator(_multiple_of_half_unit)]


class MetadataDatabase(Section):
    """The Aurora PostgreSQL Serverless v2 cluster of tracking and registry."""

    protected: Annotated[bool, IN_PLACE]
    """Whether the cluster has deletion protection and leaves a last snapshot, and Terraform refuses to destroy it.
    Defaults to the tier's value."""

    engine_version: Annotated[
        str,
        AfterValidator(_creatable_version),
        Change(
            effect="refused",
            how="AWS does not downgrade a database: keep the major version in the file.",
            case="lower major version",
        ),
        Change(
            effect="in place",
            how="The cluster keeps the version that it runs: AWS does not downgrade.",
            case="lower",
        ),
        Change(
            effect="in place with interruption",
            how="The database does not answer for some minutes: deploy when nobody records.",
        ),
    ] = "17.7"
    """The lowest Aurora PostgreSQL version that the cluster may run: a major version (`17`) or a full one (`17.7`).

    A new cluster gets the full version, or the newest of the major version. A cluster with an older version is upgraded
    at the next deployment; one that AWS has upgraded to a newer minor version keeps it. Defaults to 17.7, a long-term
    support version."""

    restore_from_snapshot: Annotated[str | None, IN_PLACE] = None
    """The cluster snapshot that a new cluster starts with. A cluster that exists stays as it is. Defaults to none."""

    minimum_capacity: Annotated[CapacityUnits, IN_PLACE]
    """Aurora capacity units while idle (2 GiB of memory each); 0 pauses the cluster. Defaults to the tier's value."""

    maximum_capacity: Annotated[CapacityUnits, IN_PLACE]
    """The most Aurora capacity units under load, at least 1. Defaults to the tier's value."""

    auto_pause_seconds: Annotated[int, Field(ge=300, le=86400), IN_PLACE] = 300
    """Idle seconds before a cluster with minimum capacity 0 pauses. Defaults to 300, the minimum of AWS."""

    instances: Annotated[
        int,
        Field(ge=1, le=5),
        Change(
            effect="in place with interruption",
            how="If the removed instance is the writer, another one takes over within a minute.",
            case="lower",
        ),
        IN_PLACE,
    ]
    """Number of instances, the writer included; two survive the loss of a zone. Defaults to the tier's value."""

    backup_retention_days: Annotated[int, Field(ge=1, le=35), IN_PLACE]
    """Days that point-in-time recovery reaches back. Defaults to the tier's value."""

    log_retention_days: Annotated[LogRetentionDays, IN_PLACE]
    """Days that the database's logs are kept. Defaults to the tier's value."""

    @model_validator(mode="after")
    def _check_capacity(self) -> Self:
        if self.maximum_capacity < max(1, self.minimum_capacity):
            raise ValueError("maximum_capacity must be at least 1 and at least minimum_capacity")
        return self

    @model_validator(mode="after")
    def _check_version_for_pause(self) -> Self:
        needed = _FIRST_TO_PAUSE.get(self.version.major, _FIRST_TO_PAUSE[16])
        if self.minimum_capacity == 0 and self.version < needed:
            raise ValueError(
                f"minimum_capacity 0 needs engine_version {needed} or newer, not {self.version}: "
                "raise either of them"
            )
        return self

    @property
    def lowest_version(self) -> EngineVersion:
        """The lowest version that a deployed cluster may run."""
        major, _, minor = self.engine_version.partition(".")
        return EngineVersion(int(major), int(minor or 0))

    @property
    def version(self) -> EngineVersion:
        """The full version that a cluster is created with or upgraded to."""
        major, _, minor = self.engine_version.partition(".")
        return EngineVersion(int(major), int(minor)) if minor else newest_of_major(int(major))
