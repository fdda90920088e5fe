"""The section `features`."""

from typing import Annotated

from pydantic import Field

from environments.change import IN_PLACE, Change
from environments.sections.section import Section
from environments.sections.switch import REFUSED_WHILE_PROTECTED

__all__ = ["Features"]


class Features(Section):
    """The dataset and feature repository: Iceberg tables offline, DynamoDB online, Athena for queries."""

    enabled: Annotated[
        bool,
        REFUSED_WHILE_PROTECTED,
        Change(
            effect="deleted",
            how="Tables, online features and query results are deleted. Rows about them in the metadata database stay.",
            case="switched off",
        ),
        IN_PLACE,
    ] = True
    """Whether the environment has a dataset and feature repository. Without it, `lab.datasets`, `lab.features` and
    `lab.warehouse` raise an error. Defaults to true."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the warehouse and the online table. Defaults to the tier's value."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650), IN_PLACE]
    """Days that overwritten and deleted objects of the warehouse are kept. Defaults to the tier's value."""

    query_scan_limit_gib: Annotated[int, Field(ge=1, le=10240), IN_PLACE] = 100
    """GiB that one Athena query may scan before it is cancelled; 100 GiB cost about 0.50 USD. Defaults to 100."""

    query_result_days: Annotated[int, Field(ge=1, le=365), IN_PLACE] = 7
    """Days that query results are kept. Defaults to 7."""

    online_recovery: Annotated[bool, IN_PLACE]
    """Whether the online table can be restored to any second of the last 35 days. Defaults to the tier's value."""
