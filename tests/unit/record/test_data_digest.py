"""Digests by which the data of a run is known again."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import terrarium
from terrarium.record.errors import ContentUnknownError


def digest(data: object) -> str | None:
    (part,) = terrarium.Splits.of({"train": data}, dataset="telco.customers").parts
    return part.digest


FRAME = pd.DataFrame({"age": [1, 2, 3], "name": ["a", "b", None]})


def test_equal_content_has_equal_digests() -> None:
    assert digest(FRAME) == digest(FRAME.set_axis([7, 8, 9]))
    assert digest(np.arange(6).reshape(2, 3)) == digest(np.asfortranarray(np.arange(6).reshape(2, 3)))


@pytest.mark.parametrize(
    "other",
    [
        FRAME.assign(age=[1, 2, 4]),
        FRAME.iloc[::-1],
        FRAME.rename(columns={"age": "years"}),
        FRAME.astype({"age": "float64"}),
        FRAME["age"],
        (FRAME, np.zeros(3)),
    ],
)
def test_other_content_has_others(other: object) -> None:
    assert digest(FRAME) != digest(other)


def test_rows_are_counted_once_for_features_and_target() -> None:
    splits = terrarium.Splits.of({"train": (np.zeros((5, 2)), np.zeros(5))}, dataset="d", seed=7)
    assert splits.parts[0].rows == 5


def test_data_of_another_kind_is_refused() -> None:
    with pytest.raises(ContentUnknownError, match=r"builtins\.dict"):
        digest({"a": 1})
    with pytest.raises(ContentUnknownError, match="ndarray"):
        digest(np.array([object()]))


def test_an_architecture_is_told_from_others_by_its_digest() -> None:
    plain = terrarium.Architecture.of(LogisticRegression())
    assert plain.name == "sklearn.linear_model._logistic.LogisticRegression"
    assert plain == terrarium.Architecture.of(LogisticRegression())
    assert plain.digest != terrarium.Architecture.of(LogisticRegression(C=2)).digest
    named = terrarium.Architecture.of(
        "resnet50", pretrained=[terrarium.PretrainedModule(name="imagenet", revision="v2")]
    )
    assert (named.name, named.pretrained[0].revision) == ("resnet50", "v2")
