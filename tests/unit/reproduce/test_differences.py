"""Differences between two runs, causes before effects."""

import pytest

import terrarium
from terrarium.record import Part, Seeds
from terrarium.reproduce.differences import (
    Difference,
    DifferenceKind,
    differing_metrics,
    differing_packages,
    differing_records,
    differing_states,
    ordered,
)
from terrarium.reproduce.verdict import Verdict
from tests.unit.record.examples import RECORD


def changed(section: str, **fields: object) -> terrarium.RunRecord:
    part = getattr(RECORD, section).model_copy(update=fields)
    return RECORD.model_copy(update={section: part})


def test_the_same_record_does_not_differ() -> None:
    assert [*differing_packages(RECORD, RECORD), *differing_records(RECORD, RECORD)] == []


@pytest.mark.parametrize(
    ("now", "kind", "what"),
    [
        (changed("environment", packages={"numpy": "2.4.7"}), DifferenceKind.DEPENDENCY, "numpy"),
        (changed("environment", packages={}), DifferenceKind.DEPENDENCY, "numpy"),
        (changed("environment", python="3.12.1"), DifferenceKind.DEPENDENCY, "Python"),
        (changed("seeds", given={"splits": 8}), DifferenceKind.SEED, "splits"),
        (
            changed(
                "splits", parts=(Part(name="train", dataset="telco.customers", snapshot_id=8, rows=100),)
            ),
            DifferenceKind.DATA,
            "train of telco.customers",
        ),
        (changed("hyperparameters", params={"depth": "4"}), DifferenceKind.HYPERPARAMETER, "depth"),
    ],
)
def test_differences_of_each_kind_are_found(
    now: terrarium.RunRecord, kind: DifferenceKind, what: str
) -> None:
    (difference,) = [*differing_packages(RECORD, now), *differing_records(RECORD, now)]
    assert (difference.kind, difference.what) == (kind, what)


def test_packages_that_came_on_top_are_no_matter() -> None:
    assert (
        list(differing_packages(RECORD, changed("environment", packages={"numpy": "2.4.6", "extra": "1"})))
        == []
    )


def test_another_seed_comes_before_the_data_it_draws() -> None:
    parts = (Part(name="train", dataset="telco.customers", snapshot_id=7, rows=99),)
    now = changed("splits", parts=parts).model_copy(update={"seeds": Seeds(given={"splits": 8})})
    first, second = ordered(reversed(list(differing_records(RECORD, now))))
    assert (first.kind, second.kind) == (DifferenceKind.SEED, DifferenceKind.DATA)


@pytest.mark.parametrize(
    ("recorded", "now", "same"),
    [
        (0.9, 0.9, True),
        (0.9, 0.9 * (1 + 5e-7), True),
        (0.9, 0.9 * (1 + 5e-6), False),
        (0.0, 1e-13, True),
        (0.0, 1e-3, False),
        (float("nan"), float("nan"), True),
        (float("nan"), 0.9, False),
        (float("inf"), float("inf"), True),
    ],
)
def test_metrics_may_differ_within_tolerance(recorded: float, now: float, *, same: bool) -> None:
    assert (not list(differing_metrics({"m": recorded}, {"m": now}, tolerance=1e-6))) == same


def test_a_metric_that_did_not_come_out_differs() -> None:
    (difference,) = differing_metrics({"roc_auc": 0.9}, {}, tolerance=1)
    assert (difference.what, difference.now) == ("roc_auc", None)


def test_chance_that_was_never_seeded_is_told_by_the_states_it_started_from() -> None:
    one = RECORD.model_copy(update={"seeds": Seeds(states={"random": "sha256:1", "numpy": "sha256:2"})})
    other = RECORD.model_copy(update={"seeds": Seeds(states={"random": "sha256:1", "numpy": "sha256:3"})})
    (difference,) = differing_states(one, other)
    assert (difference.kind, difference.what) == (DifferenceKind.SEED, "state of numpy")


def test_the_verdict_names_the_first() -> None:
    code = Difference(kind=DifferenceKind.CODE, what="train.py", recorded="a", now="b")
    metric = Difference(kind=DifferenceKind.METRIC, what="roc_auc", recorded="0.9", now="0.8")
    verdict = Verdict(run="r", again="s", differences=(code, metric), compared={}, tolerance=1e-6)
    assert not verdict.match
    assert str(verdict) == "no match: the first difference is code: train.py: a -> b"
    agreeing = verdict.model_copy(update={"differences": (code,)})
    assert "(the metrics agree)" in str(agreeing)
    assert str(verdict.model_copy(update={"differences": ()})).startswith("match")
