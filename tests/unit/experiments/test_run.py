"""Runs, as far as they need no store."""

import pytest

from terrarium.experiments.errors import ModelFlavorError, RunNotActiveError
from terrarium.experiments.flavors import flavor_of
from terrarium.experiments.run import run_status
from tests.unit.example_connection import example_experiment


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "FINISHED"),
        (SystemExit(0), "FINISHED"),
        (SystemExit(), "FINISHED"),
        (SystemExit(2), "FAILED"),
        (SystemExit("broken"), "FAILED"),
        (ValueError("broken"), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (GeneratorExit(), "KILLED"),
    ],
)
def test_how_a_run_ends(error: BaseException | None, status: str) -> None:
    assert run_status(error) == status


def test_nothing_can_be_recorded_before_a_run_begins() -> None:
    run = example_experiment("churn").run()
    with pytest.raises(RunNotActiveError, match="has not begun"):
        run.log_metrics({"loss": 1.0})
    with pytest.raises(RunNotActiveError, match="has not begun"):
        _ = run.id


def test_the_flavor_is_that_of_the_models_package() -> None:
    from sklearn.linear_model import LogisticRegression

    our_model = type("OurModel", (LogisticRegression,), {})
    assert flavor_of(our_model()).__name__ == "mlflow.sklearn"


def test_a_model_of_no_known_package_is_refused_by_name() -> None:
    with pytest.raises(ModelFlavorError, match=r"builtins\.dict[\s\S]*sklearn"):
        flavor_of({})
