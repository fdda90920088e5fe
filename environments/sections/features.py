"""The section `features`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Section

__all__ = ["Features"]


class Features(Section):
    """The dataset and feature repository: Iceberg tables offline, DynamoDB online, Athena to ask."""

    protected: bool
    """Whether Terraform refuses to destroy the warehouse and the online table. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that overwritten and deleted objects of the warehouse are kept. Omitted: by tier."""

    query_scan_limit_gib: Annotated[int, Field(ge=1, le=10240)] = 100
    """GiB that one Athena query may scan before it is cancelled; 100 GiB cost about 0.50 USD. Omitted: 100."""

    query_result_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Days that query results are kept. Omitted: 7."""

    online_recovery: bool
    """Whether the online table can be restored to any second of the last 35 days. Omitted: by tier."""
