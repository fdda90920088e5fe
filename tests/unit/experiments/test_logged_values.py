"""Values that runs accept, and values that they refuse before storing any."""

import math
from pathlib import Path

import numpy as np
import pytest

import terrarium
from terrarium.experiments.errors import ValueRefusedError
from terrarium.experiments.logged_values import (
    check_experiment_name,
    fold_values,
    param_texts,
    tag_texts,
)
from terrarium.experiments.record_builder import Draft
from terrarium.journal.errors import MetricRefusedError
from terrarium.record import Architecture
from terrarium.record.storage import parse_record
from tests.unit.example_connection import example_experiment
from tests.unit.record.examples import RECORD


class Wordless:
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize("name", ["a$b", "a\nb", "a\n", "", "🎉", "\ud800", "x" * 251, None, 1, "../up"])
def test_names_that_mlflow_cannot_keep_are_refused(name: str) -> None:
    with pytest.raises(ValueRefusedError, match="cannot be called"):
        param_texts({name: 1}, known={})
    with pytest.raises(ValueRefusedError, match="cannot be called"):
        tag_texts({name: "x"})


@pytest.mark.parametrize("value", ["x\0y", "\ud800", Wordless(), pytest.param(10**5000, id="10**5000")])
def test_values_that_the_database_cannot_keep_are_refused(value: object) -> None:
    with pytest.raises(ValueRefusedError, match="'depth'"):
        param_texts({"depth": value}, known={})
    with pytest.raises(ValueRefusedError, match="'depth'"):
        tag_texts({"depth": value})


def test_values_of_every_type_are_kept_as_text() -> None:
    given = {"a": np.float64(0.1), "b": None, "c": {"d": 1}, "e": Path("x"), "f": 10**400, "g": math.nan}
    assert param_texts(given, known={}) == {
        "a": "0.1",
        "b": "None",
        "c": "{'d': 1}",
        "e": "x",
        "f": "1" + "0" * 400,
        "g": "nan",
    }


def test_a_hyperparameter_does_not_change() -> None:
    assert param_texts({"depth": 3}, known={"depth": "3"}) == {"depth": "3"}
    with pytest.raises(ValueRefusedError, match="'3' on record and cannot become '4'"):
        param_texts({"depth": 4}, known={"depth": "3"})


def test_what_has_no_names_is_refused() -> None:
    with pytest.raises(ValueRefusedError, match="mapping"):
        param_texts(["depth"], known={})
    with pytest.raises(ValueRefusedError, match="mapping"):
        tag_texts("depth")


@pytest.mark.parametrize("folds", [[], 0.5, None])
def test_a_metric_without_folds_is_refused(folds: object) -> None:
    with pytest.raises(ValueRefusedError, match="no folds"):
        fold_values("auc", folds)


def test_folds_are_numbers() -> None:
    assert fold_values("auc", np.array([0.5, np.inf])) == (0.5, math.inf)
    with pytest.raises(MetricRefusedError):
        fold_values("auc", ["0.5"])
    with pytest.raises(MetricRefusedError):
        fold_values("x" * 245, [0.5])  # with `.spread` it is too long


@pytest.mark.parametrize("name", ["", " ", None, 1, "x" * 501, "a\0b", "\ud800"])
def test_experiments_have_names_that_the_database_holds(name: object) -> None:
    with pytest.raises(ValueRefusedError):
        check_experiment_name(name)


@pytest.mark.parametrize(
    "stated",
    [
        {"splits": {"train": 1}},
        {"validation": "holdout"},
        {"validation": {"kind": "hold-out"}},
        {"seed": "7"},
        {"seed": 2**64},
        {"seed": True},
        {"seed": 1.5},
        {"name": "x" * 251},
        {"name": 3},
    ],
)
def test_a_run_of_wrong_types_is_refused_when_it_is_stated(stated: dict[str, object]) -> None:
    with pytest.raises(ValueRefusedError):
        example_experiment("churn").run(**stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sections",
    [
        {"splits": {"train": 1}},
        {"seeds": 7},
        {"architecture": Architecture(name="\ud800", digest="sha256:0")},
        {"splits": RECORD.splits.model_copy(update={"seed": "x"}) if RECORD.splits else None},
    ],
)
def test_a_section_that_could_not_be_read_again_is_not_kept(
    tmp_path: Path, sections: dict[str, object]
) -> None:
    draft = Draft(RECORD, tmp_path)
    with pytest.raises(ValueRefusedError):
        draft.state(**sections)
    assert draft.record == RECORD
    assert parse_record((tmp_path / "record.json").read_text(), source="a run") == RECORD


def test_a_full_disk_costs_no_section(tmp_path: Path) -> None:
    draft = Draft(RECORD, tmp_path)
    (tmp_path / "record.new").mkdir()  # as good as a disk that takes nothing
    splits = terrarium.Splits(parts=())
    assert draft.state(splits=splits).splits == splits
