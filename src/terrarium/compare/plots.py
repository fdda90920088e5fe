"""Plots of learning curves and parallel coordinates, by matplotlib."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from terrarium.compare.errors import PlotsNotInstalledError
from terrarium.compare.learning_curves import Curve
from terrarium.sdk_source import INSTALL_SDK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Format", "draw_curves", "draw_parallel_coordinates", "rendered"]

Format = Literal["svg", "png"]

_MOST_NAMED = 12  # runs that fit into a legend
_COLUMNS = 3  # plots in one row
_LONGEST_TICK = 16  # characters
_LOGARITHMIC = 100  # ratio of largest to smallest value from which an axis is logarithmic


def draw_curves(curves: Sequence[Curve], labels: Mapping[str, str]) -> "Figure":
    """Draw one plot per metric, with one line per run.

    Args:
        curves: The curves of all runs and metrics.
        labels: Run id -> label in the legend. Its order is the order of the colours.
    """
    metrics = sorted({curve.metric for curve in curves})
    columns = min(len(metrics), _COLUMNS)
    rows = math.ceil(len(metrics) / columns)
    figure = _figure(width=max(4.2 * columns, 6.5), height=3.0 * rows + 0.8)
    colours = _colours(labels)
    at = {(curve.run, curve.metric): curve for curve in curves}
    for index, metric in enumerate(metrics, start=1):
        axes = figure.add_subplot(rows, columns, index)
        axes.set_title(metric, loc="left", fontsize=10, parse_math=False)
        axes.set_xlabel("step")
        _bare(axes)
        for run, label in labels.items():
            if curve := at.get((run, metric)):
                axes.plot(curve.steps, curve.values, color=colours[run], linewidth=1.5, label=label)
    if len(labels) <= _MOST_NAMED:
        shown = {
            label: line
            for axes in figure.axes
            for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        legend = figure.legend(
            shown.values(), shown.keys(), loc="outside lower center", ncols=min(len(shown), 3), frameon=False
        )
        for text in legend.get_texts():
            text.set_parse_math(False)  # a run's name may contain dollar signs: `cost $5_to_$6`
    return figure


def draw_parallel_coordinates(
    values: Mapping[str, Sequence[str | None]], metric: str, results: Sequence[float | None]
) -> "Figure":
    """Draw one vertical axis per hyperparameter and one for the metric, with one line per run, coloured by the metric.

    Args:
        values: Hyperparameter -> its value in each run, as text.
        metric: The name of the metric, shown on the last axis.
        results: The metric of each run. Runs without it are grey.
    """
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    results = [result if result is not None and math.isfinite(result) else None for result in results]
    known = [result for result in results if result is not None]
    scale = Normalize(min(known, default=0.0), max(known, default=1.0))
    colours = colormaps["viridis"].reversed()
    names = [*values, metric]
    figure = _figure(width=max(1.9 * len(names), 6.5), height=4.2)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(-0.3, len(names) - 0.6)
    axes.set_ylim(-0.08, 1.12)
    heights = [_upright(axes, place, name, column) for place, (name, column) in enumerate(values.items())]
    heights.append(
        _upright(axes, len(names) - 1, metric, [None if one is None else repr(one) for one in results])
    )
    for run, result in enumerate(results):
        points = [(place, column[run]) for place, column in enumerate(heights)]
        # The line of a run has a gap where a value is missing.
        axes.plot(
            [place for place, _ in points],
            [math.nan if height is None else height for _, height in points],
            color="#999999" if result is None else colours(float(scale(result))),
            linewidth=1.6,
            alpha=0.85,
            marker="o",
            markersize=3,
        )
    return figure


def rendered(figure: "Figure", form: Format) -> bytes:
    """Return the figure as the content of a file. Equal figures give equal bytes."""
    from matplotlib import rc_context

    content = io.BytesIO()
    undated = {"svg": {"Date": None}, "png": {"Software": None}}[form]
    with rc_context({"svg.hashsalt": "terrarium", "svg.fonttype": "none"}):
        figure.savefig(content, format=form, dpi=150, metadata=undated)
    return content.getvalue()


def _upright(axes: "Axes", place: int, name: str, column: Sequence[str | None]) -> list[float | None]:
    """Draw one axis, and return the position of each run on it, from 0 to 1."""
    numbers = [_number(text) for text in column]
    given = [text for text in column if text is not None]
    if all(number is not None for text, number in zip(column, numbers, strict=True) if text is not None):
        heights, ticks = _scaled(numbers)
    else:
        choices = sorted(set(given))
        at = {choice: index / max(len(choices) - 1, 1) for index, choice in enumerate(choices)}
        heights, ticks = (
            [None if text is None else at[text] for text in column],
            {at[one]: one for one in choices},
        )
    axes.plot([place, place], [0, 1], color="#444444", linewidth=0.8, zorder=0)
    axes.text(place, 1.07, name, ha="center", va="bottom", fontsize=10, fontweight="bold", parse_math=False)
    readable = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1}
    for height, text in ticks.items():
        shown = text if len(text) <= _LONGEST_TICK else f"{text[: _LONGEST_TICK - 1]}…"
        axes.text(
            place + 0.04, height, shown, va="center", fontsize=8, bbox=readable, zorder=5, parse_math=False
        )
    return heights


def _scaled(numbers: Sequence[float | None]) -> tuple[list[float | None], dict[float, str]]:
    known = [number for number in numbers if number is not None and math.isfinite(number)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    logarithmic = low > 0 and high / low >= _LOGARITHMIC

    def height(number: float | None) -> float | None:
        if number is None or not math.isfinite(number):
            return None
        if low == high:
            return 0.5
        if logarithmic:
            return math.log(number / low) / math.log(high / low)
        return (number - low) / (high - low)

    middle = math.sqrt(low * high) if logarithmic else (low + high) / 2
    ticks = (
        {0.5: f"{low:.4g}"} if low == high else {0.0: f"{low:.4g}", 0.5: f"{middle:.4g}", 1.0: f"{high:.4g}"}
    )
    return [height(number) for number in numbers], ticks


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _colours(labels: Mapping[str, str]) -> dict[str, tuple[float, ...]]:
    from matplotlib import colormaps

    few, many = colormaps["tab10"], colormaps["viridis"]
    if len(labels) <= few.N:
        return {run: few(index) for index, run in enumerate(labels)}
    return {run: many(index / (len(labels) - 1)) for index, run in enumerate(labels)}


def _bare(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#eeeeee")
    axes.set_axisbelow(True)


def _figure(*, width: float, height: float) -> "Figure":
    """Return a new figure, without a window and without pyplot's global state. Sizes are in inches."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise PlotsNotInstalledError(
            "plots need matplotlib, which is not installed", remedy=INSTALL_SDK
        ) from error
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")
