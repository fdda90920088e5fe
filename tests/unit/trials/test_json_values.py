"""Hyperparameters as a record keeps them."""

import math

import numpy as np
import pytest
from pydantic import JsonValue

from terrarium.record import Trial
from terrarium.trials.json_values import json_object


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (np.float64("inf"), "inf"),
        (np.array([1.0, np.nan]), [1.0, "nan"]),
        ({np.int64(0): 1.0, (1, 2): 2.0}, {"0": 1.0, "(1, 2)": 2.0}),
        ("\ud800", "\\ud800"),
        (10**400, 10**400),
        pytest.param(2**20_000, hex(2**20_000), id="an integer of 6,000 digits"),
        ((True, None, "x"), [True, None, "x"]),
        (range(3), "range(0, 3)"),
    ],
)
def test_a_hyperparameter_of_any_kind_is_read_as_it_was_written(value: object, kept: JsonValue) -> None:
    trial = Trial(number=0, params=json_object({"x": value}))
    assert trial.params == {"x": kept}
    assert Trial.model_validate_json(trial.model_dump_json()) == trial


def test_a_container_that_holds_itself_ends() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert "[...]" in str(json_object({"x": endless}))
