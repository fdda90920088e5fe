"""In which direction metrics are better."""

import pytest

from terrarium.record.direction import direction_of
from tests.unit.record.examples import USE_CASE


@pytest.mark.parametrize(
    ("metric", "direction"),
    [
        ("loss", "minimize"),
        ("val_loss", "minimize"),
        ("validation/loss", "minimize"),
        ("trainLoss", "minimize"),
        ("log_loss", "minimize"),
        ("rmse", "minimize"),
        ("mean_absolute_error", "minimize"),
        ("validation_0-logloss", "minimize"),
        ("neg_root_mean_squared_error", "maximize"),
        ("roc_auc", "maximize"),
        ("f1:macro", "maximize"),
        ("lossless", "maximize"),
        ("score", "maximize"),
        ("", "maximize"),
    ],
)
def test_of_a_loss_or_an_error_less_is_better(metric: str, direction: str) -> None:
    assert direction_of(metric, None) == direction


def test_the_use_case_decides_about_its_evaluation_metric_alone() -> None:
    use_case = USE_CASE.model_copy(update={"evaluation_metric": "profit_loss", "direction": "maximize"})
    assert direction_of("profit_loss", use_case) == "maximize"
    assert direction_of("loss", use_case) == "minimize"
