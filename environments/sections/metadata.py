"""The section `metadata`."""

import re
from collections.abc import Callable
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.engine_versions import (
    EngineVersion,
    creatable_versions,
    known_versions,
    newest_of_major,
)
from environments.instance_classes import SERVERLESS
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

# The first version of each major with Aurora I/O-Optimized; every version of later majors has it.
# Source: Amazon Aurora User Guide, "Supported Regions and Aurora DB engines for cluster storage configurations".
_FIRST_IO_OPTIMIZED = {
    version.major: version
    for version in map(EngineVersion._make, ((13, 10), (14, 7), (15, 2), (16, 1), (17, 4)))
}

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_SHORTEST_WINDOW = 30  # minutes. Source: Amazon RDS API Reference, CreateDBCluster, PreferredBackupWindow
_LONGEST_MAINTENANCE_WINDOW = _DAY_MINUTES  # Source: as above, PreferredMaintenanceWindow


def _clock(text: str) -> int:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    if match is None:
        raise ValueError("must have times from 00:00 to 23:59, in UTC")
    return int(match[1]) * 60 + int(match[2])


def _backup_minutes(given: str) -> tuple[int, int]:
    """Return the start of a daily window and its length, in minutes."""
    start, separator, end = given.partition("-")
    if not separator:
        raise ValueError('must be a daily window in UTC, such as "02:00-03:00"')
    first = _clock(start)
    return first, (_clock(end) - first) % _DAY_MINUTES


def _maintenance_minutes(given: str) -> tuple[int, int]:
    """Return the start of a weekly window and its length, in minutes."""
    match = re.fullmatch(r"(\w{3}):([\d:]{5})-(\w{3}):([\d:]{5})", given)
    if match is None or match[1] not in _DAYS or match[3] not in _DAYS:
        raise ValueError('must be a weekly window in UTC, such as "sun:03:30-sun:04:30"')
    first, last = (
        _DAYS.index(day) * _DAY_MINUTES + _clock(time) for day, time in (match.group(1, 2), match.group(3, 4))
    )
    return first, (last - first) % _WEEK_MINUTES


def _backup_window(given: str) -> str:
    if _backup_minutes(given)[1] < _SHORTEST_WINDOW:
        raise ValueError("must be at least 30 minutes long")
    return given


def _maintenance_window(given: str) -> str:
    if not _SHORTEST_WINDOW <= _maintenance_minutes(given)[1] <= _LONGEST_MAINTENANCE_WINDOW:
        raise ValueError("must be 30 minutes to 24 hours long")
    return given


def _optional(check: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda given: None if given is None else check(given)


# Source: Amazon RDS API Reference, CreateDBClusterSnapshot and RestoreDBClusterFromSnapshot. RDS names its own ones.
_SNAPSHOT = re.compile(r"((rds|awsbackup):)?[A-Za-z](-?[A-Za-z0-9]){0,254}")
_SNAPSHOT_ARN = re.compile(r"arn:[a-z-]+:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:(.+)")


def _cluster_snapshot(given: str) -> str:
    arn = _SNAPSHOT_ARN.fullmatch(given)
    if not _SNAPSHOT.fullmatch(arn[1] if arn else given):
        raise ValueError(
            "must be the name of a cluster snapshot, or its ARN, which ends with :cluster-snapshot: and the name"
        )
    return given


CapacityUnits = Annotated[float, Field(ge=0, le=256), AfterValidator(_multiple_of_half_unit)]


class MetadataDatabase(Section):
    """The Aurora PostgreSQL cluster of tracking and registry: Serverless v2, or instances of a provisioned class."""

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

    restore_from_snapshot: Annotated[str | None, AfterValidator(_optional(_cluster_snapshot)), IN_PLACE] = (
        None
    )
    """The cluster snapshot that a new cluster starts with: its name, or its ARN if another account shares it. The new
    cluster is encrypted with the environment's key. A cluster that exists stays as it is. Defaults to none."""

    instance_class: Annotated[
        str,
        Change(
            effect="in place with interruption",
            how="Connections end while the instance restarts on the other class: deploy when nobody records.",
        ),
    ] = SERVERLESS
    """The class of the writer, such as `db.r7g.large`, or `db.t4g.medium` for few users. A provisioned class costs the
    same at all times and does not pause. Defaults to `db.serverless`, which the fields of capacity are about."""

    reader_instance_class: Annotated[
        str | None,
        Change(
            effect="in place with interruption",
            how="Connections to a reader end while it restarts on the other class.",
        ),
    ] = None
    """The class of the other instances. A reader takes over when the writer fails: a smaller one is then slower.
    Defaults to `instance_class`."""

    io_optimized: Annotated[
        bool,
        Change(
            effect="in place",
            how="Terraform's AWS provider does not switch back to standard storage. Run `aws rds modify-db-cluster "
            "--db-cluster-identifier <cluster> --storage-type aurora --apply-immediately` after the deployment.",
            case="lower",
        ),
        Change(effect="in place", how="AWS allows it once in 30 days."),
    ] = False
    """Whether reads and writes of storage are free, and instances and storage cost more (Aurora I/O-Optimized): cheaper
    if reads and writes are more than a quarter of the cost of the database. Defaults to false."""

    backup_window: Annotated[str | None, AfterValidator(_optional(_backup_window)), IN_PLACE] = None
    """The time of the day, in UTC, of automated backups, such as `02:00-03:00`. Defaults to a time that AWS chooses."""

    maintenance_window: Annotated[str | None, AfterValidator(_optional(_maintenance_window)), IN_PLACE] = None
    """The time of the week, in UTC, in which AWS upgrades minor versions and operating systems, such as
    `sun:03:30-sun:04:30`. Changes of this file do not wait for it. Defaults to a time that AWS chooses."""

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

    @model_validator(mode="after")
    def _check_version_for_io_optimized(self) -> Self:
        needed = _FIRST_IO_OPTIMIZED.get(self.version.major, _FIRST_IO_OPTIMIZED[13])
        if self.io_optimized and self.version < needed:
            raise ValueError(
                f"io_optimized needs engine_version {needed} or newer, not {self.version}: change either of them"
            )
        return self

    @model_validator(mode="after")
    def _check_windows(self) -> Self:
        if self.backup_window is None or self.maintenance_window is None:
            return self
        backup, backup_length = _backup_minutes(self.backup_window)
        maintenance, maintenance_length = _maintenance_minutes(self.maintenance_window)
        before = (maintenance - backup) % _DAY_MINUTES  # from a start of a backup to the maintenance
        if before < backup_length or _DAY_MINUTES - before < maintenance_length:
            raise ValueError(
                f"maintenance_window {self.maintenance_window} overlaps backup_window {self.backup_window}, which AWS "
                "refuses: choose other times"
            )
        return self

    @property
    def serverless(self) -> bool:
        """True if the writer is an instance of Aurora Serverless v2."""
        return self.instance_class == SERVERLESS

    @property
    def instance_classes(self) -> tuple[str, ...]:
        """The class of each instance, the writer first."""
        readers = self.reader_instance_class or self.instance_class
        return (self.instance_class, *(readers for _ in range(self.instances - 1)))

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
