"""The names that submitted models have in MLflow: tags of versions, of registered models, and of runs that use them."""

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

CHAMPION: Final = "champion"  # the alias of the version that others are compared with

# Tags of a version; attestations cover those that begin with `ATTESTED`.
ATTESTED: Final = "terrarium.model."
ARTIFACT: Final = "terrarium.model.artifact"  # reference to the package, which pins every file of it
SUBMITTED_BY: Final = "terrarium.model.submitted_by"  # ARN
METRICS: Final = "terrarium.model.metrics"  # JSON, as on record of the run
DATA_AS_OF: Final = "terrarium.model.data_as_of"  # ISO 8601: when the newest snapshot it learnt from was made
GATES: Final = "terrarium.model.gates"  # JSON of the report
ORIGINS: Final = "terrarium.model.origins"  # JSON: where it was promoted from, the first one first

# Tags of a run.
PROMOTED_RUN: Final = "terrarium.promotion.run"  # environment/run of which it is the copy


def uses_tag(name: str, version: int) -> str:
    """The tag of a run that loaded this version."""
    return f"terrarium.uses.{name}.{version}"
