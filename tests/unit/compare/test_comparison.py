"""Contents and order of a comparison of runs."""

from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from terrarium.compare import Comparison
from terrarium.compare.compared_run import ComparedRun
from terrarium.compare.errors import MetricNotFoundError, NothingToCompareError
from terrarium.compare.learning_curves import Curve
from terrarium.compare.ranking import rank
from terrarium.record import Part
from tests.unit.compare.examples import compared_run
from tests.unit.record.examples import RECORD

CODE = "diff --git a/train.py b/train.py\n-old <b>\n+new"


def compared(*runs: ComparedRun, metric: str | None = None, curves: Sequence[Curve] = ()) -> Comparison:
    def code(runs: Sequence[ComparedRun]) -> dict[str, str]:
        return {runs[-1].summary.id: CODE}

    return Comparison(runs, metric=metric, maximize=None, code=code, curves=lambda: list(curves))


def test_only_what_differs_is_shown() -> None:
    environment = RECORD.environment
    assert environment
    other = RECORD.model_copy(
        update={
            "environment": environment.model_copy(update={"packages": {"numpy": "2.4.7", "extra": "1.0"}}),
            "splits": RECORD.splits
            and RECORD.splits.model_copy(
                update={"parts": (Part(name="train", dataset="telco.customers", snapshot_id=8, rows=100),)}
            ),
        }
    )
    comparison = compared(
        compared_run("a", params={"depth": "3", "same": "1"}, metrics={"roc_auc": 0.8, "loss": 0.5}),
        compared_run(
            "b", params={"depth": "5", "same": "1"}, metrics={"roc_auc": 0.9, "loss": 0.5}, record=other
        ),
    )
    assert {section.name: section.rows for section in comparison.sections} == {
        "metrics": {"roc_auc": ("0.9 ± 0.14", "0.8 ± 0.14")},
        "params": {"depth": ("5", "3")},
        "data": {
            "train": ("telco.customers snapshot 8 rows 100", "telco.customers snapshot 7 rows 100"),
        },
        "environment": {"numpy": ("2.4.7", "2.4.6"), "extra": ("1.0", None)},
    }


def test_a_run_without_a_record_is_compared_by_what_it_has() -> None:
    comparison = compared(
        compared_run("a", params={"depth": "3"}, metrics={"m": 1.0}),
        compared_run("b", params={"depth": "4"}, metrics={"m": 2.0}, record=None),
    )
    names = [section.name for section in comparison.sections]
    assert names[:2] == ["metrics", "params"]
    assert "environment" in names, "one has it, the other not"


@pytest.mark.parametrize(
    ("metric", "maximize", "ranked_by", "order"),
    [
        (None, None, "roc_auc", "bac"),
        ("loss", None, "loss", "cab"),
        ("loss", True, "loss", "bac"),
    ],
)
def test_the_best_comes_first(
    metric: str | None,
    maximize: bool | None,  # noqa: FBT001 - a case
    ranked_by: str,
    order: str,
) -> None:
    runs = [
        compared_run("a", metrics={"roc_auc": 0.8, "loss": 0.5}),
        compared_run("b", metrics={"roc_auc": 0.9, "loss": 0.6}),
        compared_run("c", metrics={"roc_auc": float("nan"), "loss": 0.1}),
    ]
    ranking = rank(runs, metric=metric, maximize=maximize)
    assert ranking
    assert ranking.metric == ranked_by
    assert "".join(run[0] for run in ranking.runs) == order


def test_what_the_use_case_says_decides_and_in_its_direction() -> None:
    use_case = RECORD.use_case
    assert use_case
    errors = use_case.model_copy(update={"evaluation_metric": "loss", "direction": "minimize"})
    record = RECORD.model_copy(update={"use_case": errors})
    runs = [
        compared_run(name, metrics={"loss": loss}, record=record) for name, loss in (("a", 0.5), ("b", 0.1))
    ]
    ranking = rank(runs, metric=None, maximize=None)
    assert ranking
    assert (ranking.metric, ranking.maximize, ranking.runs[0][0]) == ("loss", False, "b")


def test_one_run_is_no_comparison() -> None:
    with pytest.raises(NothingToCompareError):
        compared(compared_run("a"))


def test_a_terminal_shows_values_as_they_are_and_the_code() -> None:
    comparison = compared(compared_run("a", params={"p": "[bold]x"}), compared_run("b", params={"p": "y"}))
    console = Console(width=120, record=True, file=StringIO())
    console.print(comparison)
    shown = console.export_text()
    assert "[bold]x" in shown
    assert "+new" in shown


def test_a_page_escapes_what_runs_say() -> None:
    hostile = "<script>alert(1)</script>"
    comparison = compared(
        compared_run("a", params={hostile: hostile}, metrics={"m": 1.0}),
        compared_run("b", metrics={"m": 2.0}),
    )
    shown = comparison._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert '<span class="removed">-old &lt;b&gt;</span>' in shown
    assert shown.count("data:image/svg+xml;base64,") == 1, "parallel coordinates; there are no curves"


def test_a_metric_that_no_run_has_is_refused() -> None:
    """Ranking by another one would call the wrong run the best."""
    runs = (compared_run("a", metrics={"roc_auc": 0.8}), compared_run("b", metrics={"roc_auc": 0.9}))
    with pytest.raises(MetricNotFoundError, match="roc_uac") as caught:
        compared(*runs, metric="roc_uac")
    assert "did you mean 'roc_auc'?" in caught.value.remedy
