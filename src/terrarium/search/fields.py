"""The fields that a search may ask for, by the names that expressions are written with."""

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
    """The latest value of a metric; where that is NaN, it counts as missing."""
    return Field(Kind.METRIC, name)


@checked
def param(name: str) -> Field:
    """A hyperparameter; kept as text, and read as a number where it is compared to one."""
    return Field(Kind.PARAM, name)


@checked
def tag(name: str) -> Field:
    """A tag, MLflow's own (`mlflow.*`) included."""
    return Field(Kind.TAG, name)


@checked
def use_case(name: str) -> Field:
    """A field of the use case that the run belongs to, e.g. `use_case("task")`."""
    return Field(Kind.USE_CASE, name)


@checked
def dataset(name: str) -> Field:
    """A dataset that the run used; its value is the dataset's digest."""
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

# Those that are written by their bare name.
ATTRIBUTES = {
    field.name: field
    for field in (run_id, name, experiment, user, status, started, ended, commit, branch, entry_point)
}
