"""Models that users construct: errors for wrong fields name the field, the value and the remedy."""

from collections.abc import Callable
from typing import Any

import pytest

import terrarium
from terrarium.artifacts.errors import ArtifactReferenceError
from terrarium.datasets import NotNull
from terrarium.datasets.errors import ConstraintInvalidError, RequirementError
from terrarium.errors import ArgumentError, Error
from terrarium.features import Entity, Feature, FeatureView
from terrarium.features.errors import FeatureDefinitionError
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.record.errors import UseCaseIncompleteError

_WRONG: list[tuple[Callable[[], Any], type[Error], str]] = [
    (lambda: terrarium.Step(name="train", run=lambda: None), PipelineInvalidError, "run"),
    (lambda: terrarium.Step(name="Train!", run="a:b"), PipelineInvalidError, "name"),
    (lambda: terrarium.Step(name="train", run="a:b", retries=99), PipelineInvalidError, "retries"),
    (lambda: terrarium.Step(name="train", run="a:b", retry=1), PipelineInvalidError, "retry"),  # type: ignore[call-arg] # wrong on purpose
    (lambda: terrarium.DataArrival(prefix=""), PipelineInvalidError, "prefix"),
    (lambda: terrarium.Drift(check="a:b", schedule="daily"), PipelineInvalidError, "schedule"),
    (lambda: FeatureView(name="x", dtype="doubel"), FeatureDefinitionError, "dtype"),  # type: ignore[call-arg] # wrong on purpose
    (lambda: Feature(name="x", dtype="doubel"), FeatureDefinitionError, "doubel"),
    (lambda: Entity(name="", key="x"), FeatureDefinitionError, "name"),
    (lambda: terrarium.UseCase(name="x"), UseCaseIncompleteError, "task"),  # type: ignore[call-arg] # wrong on purpose
    (lambda: terrarium.Part(name="train"), ArgumentError, "dataset"),  # type: ignore[call-arg] # wrong on purpose
    (lambda: terrarium.KFold(folds=1), ArgumentError, "folds"),
    (lambda: terrarium.Splits(parts=1), ArgumentError, "parts"),
    (lambda: terrarium.KFold(seed=10**5_000), ArgumentError, "digits"),
    (lambda: terrarium.DataRequirement(dataset=7), RequirementError, "dataset"),
    (lambda: terrarium.ArtifactRef(bucket="b"), ArtifactReferenceError, "digest"),  # type: ignore[call-arg] # wrong on purpose
    (lambda: NotNull(columns=["x"]), ConstraintInvalidError, "column"),  # type: ignore[call-arg] # wrong on purpose
]


@pytest.mark.parametrize(("make", "kind", "named"), _WRONG, ids=range(len(_WRONG)))
def test_wrong_fields_are_refused_by_name(make: Callable[[], Any], kind: type[Error], named: str) -> None:
    with pytest.raises(kind, match=named) as refused:
        make()
    assert refused.value.remedy


def test_a_value_without_a_text_is_refused_all_the_same() -> None:
    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(ArgumentError, match="folds"):
        terrarium.KFold(folds=Silent())
