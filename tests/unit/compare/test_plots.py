"""Pictures are what they claim to be, and show what they should."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.lines import Line2D

from terrarium.compare import Comparison
from terrarium.compare.learning_curves import Curve
from terrarium.compare.plots import Format, draw_curves, draw_parallel_coordinates, rendered
from tests.unit.compare.examples import compared_run

CURVES = [Curve("a", "loss", [0, 1, 2], [3.0, 2.0, 1.0]), Curve("b", "loss", [0, 2], [2.0, 1.5])]
LABELS = {"a": "first", "b": "second"}


def texts(svg: bytes) -> set[str]:
    # Of what our own code drew.
    root = ElementTree.fromstring(svg)
    return {"".join(element.itertext()).strip() for element in root.iter("{http://www.w3.org/2000/svg}text")}


def heights(line: Line2D) -> list[float]:
    return [float(height) for height in np.asarray(line.get_ydata())]


def test_names_are_no_mathematics() -> None:
    labels = {"a": "cost $5_to_$6", "b": "$x^$"}
    drawn = rendered(
        draw_curves([Curve("a", "loss in $ per $", [0, 1], [3.0, 2.0]), CURVES[1]], labels), "svg"
    )
    assert {"cost $5_to_$6", "loss in $ per $"} <= texts(drawn)
    coordinates = {"fee in $_": ["1 $", "2 $_"]}
    assert "fee in $_" in texts(rendered(draw_parallel_coordinates(coordinates, "$^$", [0.1, 0.2]), "svg"))


def test_curves_are_named() -> None:
    assert {"loss", "step", "first", "second"} <= texts(rendered(draw_curves(CURVES, LABELS), "svg"))


def test_a_line_goes_through_its_points() -> None:
    (axes,) = draw_curves(CURVES, LABELS).axes
    assert [heights(line) for line in axes.lines] == [[3.0, 2.0, 1.0], [2.0, 1.5]]


def test_every_hyperparameter_has_an_axis_and_a_missing_value_is_a_gap() -> None:
    values: dict[str, list[str | None]] = {
        "model": ["forest", "logistic", None],
        "rate": ["0.001", "1", "0.1"],
    }
    figure = draw_parallel_coordinates(values, "roc_auc", [0.9, 0.8, None])
    assert {"model", "rate", "roc_auc", "forest", "logistic", "0.001", "1"} <= texts(rendered(figure, "svg"))
    lines = [heights(line) for line in figure.axes[0].lines if len(heights(line)) == 3]
    assert lines[0] == pytest.approx([0, 0, 1])
    assert lines[1] == pytest.approx([1, 1, 0])
    assert lines[2] == pytest.approx([float("nan"), 2 / 3, float("nan")], nan_ok=True), (
        "0.1 on a logarithmic axis"
    )


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_comparison_is_kept_as_files(form: Format, begins: bytes, tmp_path: Path) -> None:
    runs = [compared_run(name, params={"depth": name}, metrics={"loss": 1.0}) for name in "ab"]
    curves = [Curve(run.summary.id, "loss", [0, 1], [2.0, 1.0]) for run in runs]
    comparison = Comparison(runs, metric=None, maximize=None, code=lambda _: {}, curves=lambda: curves)
    files = comparison.save(tmp_path / "kept", form=form)
    names = [f"learning_curves.{form}", f"parallel_coordinates.{form}", "comparison.html"]
    assert [file.name for file in files] == names
    assert all(file.read_bytes().startswith(begins) for file in files[:2])
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in comparison.save(tmp_path / "kept", form=form)] == before
