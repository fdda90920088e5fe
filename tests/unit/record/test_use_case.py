"""A use case is well defined before experiments start."""

import pytest

import terrarium
from terrarium.record.errors import UseCaseIncompleteError
from tests.unit.record.examples import USE_CASE


def test_an_incomplete_one_is_refused_with_all_that_is_missing() -> None:
    with pytest.raises(UseCaseIncompleteError) as caught:
        terrarium.UseCase(name="churn", task=" ", data=[])  # type: ignore[call-arg]
    for part in (
        "'churn'",
        "task: ",
        "business_impact",
        "evaluation_metric",
        "data: ",
        "training_requirements",
        "serving_requirements",
    ):
        assert part in caught.value.problem


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(UseCaseIncompleteError, match="bussiness_impact"):
        terrarium.UseCase.model_validate(USE_CASE.model_dump() | {"bussiness_impact": "much"})


def test_the_tags_of_an_experiment_hold_all_of_it() -> None:
    tags = USE_CASE.tags()
    assert tags["terrarium.use_case.evaluation_metric"] == "roc_auc"
    assert all(isinstance(value, str) for value in tags.values())
    assert terrarium.UseCase.from_tags(tags | {"mlflow.note.content": "else"}) == USE_CASE
    assert terrarium.UseCase.from_tags({"mlflow.note.content": "else"}) is None


def test_it_never_changes() -> None:
    with pytest.raises(ValueError, match="frozen"):
        USE_CASE.task = "regression"  # type: ignore[misc]


@pytest.mark.parametrize(
    "field",
    [
        {"task": "a\0b"},
        {"task": "\ud800"},
        {"satisfactory": float("nan")},
        {"satisfactory": float("inf")},
    ],
)
def test_what_its_experiment_could_not_hold_is_refused(field: dict[str, object]) -> None:
    with pytest.raises(UseCaseIncompleteError, match=next(iter(field))):
        terrarium.UseCase.model_validate(USE_CASE.model_dump() | field)


def test_nan_that_an_earlier_release_kept_as_satisfactory_is_read_as_none() -> None:
    read = terrarium.UseCase.from_tags(USE_CASE.tags() | {"terrarium.use_case.satisfactory": "NaN"})
    assert read == USE_CASE.model_copy(update={"satisfactory": None})
