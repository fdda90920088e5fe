"""Fields of runs, by the names that search expressions use."""

from terrarium.arguments import checked
from terrarium.search.condition import Field, Kind

__all__ = [
    "ATTRIBUTES",
    "branch",
    "commit",
    "dataset",
    "ended",
    "entry_point",
    "experiment",
    "metric",
    "name",
    "param",
    "run_id",
    "started",
    "status",
    "tag",
    "use_case",
    "user",
]


@checked
def metric(name: str) -> Field:
    """Return the field for the latest value of a metric. NaN counts as missing."""
    return Field(Kind.METRIC, name)


@checked
def param(name: str) -> Field:
    """Return the field for a param. It is text; comparisons with a number convert it."""
    return Field(Kind.PARAM, name)


@checked
def tag(name: str) -> Field:
    """Return the field for a tag, including the tags that MLflow sets (`mlflow.*`)."""
    return Field(Kind.TAG, name)


@checked
def use_case(name: str) -> Field:
    """Return the field for an attribute of the run's use case, e.g. `use_case("task")`."""
    return Field(Kind.USE_CASE, name)


@checked
def dataset(name: str) -> Field:
    """Return the field for a dataset that the run used. Its value is the digest of the dataset."""
    return Field(Kind.DATASET, name)


run_id = Field(Kind.ATTRIBUTE, "run_id")
name = Field(Kind.ATTRIBUTE, "name")
experiment = Field(Kind.ATTRIBUTE, "experiment")
user = Field(Kind.ATTRIBUTE, "user")
status = Field(Kind.ATTRIBUTE, "status")
started = Field(Kind.ATTRIBUTE, "started")
ended = Field(Kind.ATTRIBUTE, "ended")
commit = Field(Kind.ATTRIBUTE, "commit")
branch = Field(Kind.ATTRIBUTE, "branch")
entry_point = Field(Kind.ATTRIBUTE, "entry_point")

# Fields that the text form writes without a prefix, such as `started`.
ATTRIBUTES = {
    field.name: field
    for field in (run_id, name, experiment, user, status, started, ended, commit, branch, entry_point)
}
