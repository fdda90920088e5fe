"""The section `metadata`."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.sections.section import LogRetentionDays, Section

__all__ = ["MetadataDatabase"]


def _half_capacity_units(capacity: float) -> float:
    if capacity * 2 != int(capacity * 2):
        raise ValueError("must be a multiple of 0.5 Aurora capacity units")
    return capacity


CapacityUnits = Annotated[float, Field(ge=0, le=256), AfterValidator(_half_capacity_units)]


class MetadataDatabase(Section):
    """The Aurora PostgreSQL Serverless v2 cluster behind tracking and registry."""

    protected: bool
    """Deletion protection, a final snapshot, and Terraform's refusal to destroy. Omitted: by tier."""

    engine_version: Annotated[str, Field(pattern=r"^\d{2}\.\d{1,2}$")] = "16.6"
    """Aurora PostgreSQL's version. Omitted: 16.6 (scaling to zero needs 16.3 or newer)."""

    minimum_capacity: CapacityUnits
    """Aurora capacity units when idle (2 GiB of memory each); 0 pauses the cluster. Omitted: by tier."""

    maximum_capacity: CapacityUnits
    """Aurora capacity units under load, at least 1. Omitted: by tier."""

    auto_pause_seconds: Annotated[int, Field(ge=300, le=86400)] = 300
    """Idle seconds before a cluster with minimum capacity 0 pauses. Omitted: 300, the least that AWS allows."""

    instances: Annotated[int, Field(ge=1, le=5)]
    """Instances, the writer included; two survive the loss of a zone. Omitted: by tier."""

    backup_retention_days: Annotated[int, Field(ge=1, le=35)]
    """Days that point-in-time recovery reaches back. Omitted: by tier."""

    log_retention_days: LogRetentionDays
    """Days that the database's logs are kept. Omitted: by tier."""

    @model_validator(mode="after")
    def _capacity_is_a_range(self) -> Self:
        if self.maximum_capacity < max(1, self.minimum_capacity):
            raise ValueError("maximum_capacity must be at least 1 and at least minimum_capacity")
        return self
