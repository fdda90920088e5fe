"""Names of tags in MLflow: of model versions, of promoted runs and of runs that use models."""

from typing import Final

__all__ = [
    "ARTIFACT",
    "ATTESTED",
    "CHAMPION",
    "DATA_AS_OF",
    "GATES",
    "METRICS",
    "ORIGINS",
    "PROMOTED_RUN",
    "SUBMITTED_BY",
    "uses_tag",
]

CHAMPION: Final = "champion"  # the alias of the version with which gates compare new versions

# Tags of a version. Attestations cover tags with the prefix `ATTESTED`.
ATTESTED: Final = "terrarium.model."
ARTIFACT: Final = "terrarium.model.artifact"  # reference of the package, which pins all its files
SUBMITTED_BY: Final = "terrarium.model.submitted_by"  # ARN
METRICS: Final = "terrarium.model.metrics"  # JSON of the metrics in the run's record
DATA_AS_OF: Final = "terrarium.model.data_as_of"  # ISO 8601: time of the newest snapshot of the training data
GATES: Final = "terrarium.model.gates"  # JSON of the gate report
ORIGINS: Final = "terrarium.model.origins"  # JSON of the origins, the earliest first

# Tags of a run.
PROMOTED_RUN: Final = "terrarium.promotion.run"  # environment/run of the original


def uses_tag(name: str, version: int) -> str:
    """Return the name of the tag of runs that loaded this version."""
    return f"terrarium.uses.{name}.{version}"
