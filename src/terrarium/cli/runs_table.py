"""The table of `terrarium runs list`, with the columns that fit into the terminal."""

from collections import Counter
from collections.abc import Callable, Sequence

from terrarium.plain_table import PlainTable
from terrarium.record.run_summary import RunSummary
from terrarium.search import Field, parse_condition
from terrarium.search.condition import Kind

__all__ = ["chosen_columns", "runs_table", "value_of"]

_GAP = 3  # characters of a border with its spaces
_WIDEST_NAME = 32  # characters
_FIRST_CHARACTERS = 8  # shown of a run id
_ATTRIBUTES: dict[str, Callable[[RunSummary], str]] = {
    "run_id": lambda run: run.id,
    "name": lambda run: run.name,
    "experiment": lambda run: run.experiment,
    "status": lambda run: run.status,
    "started": lambda run: f"{run.started.astimezone():%Y-%m-%d %H:%M}",
    "ended": lambda run: f"{run.ended.astimezone():%Y-%m-%d %H:%M}" if run.ended else "",
    "user": lambda run: run.tags.get("mlflow.user", ""),
    "commit": lambda run: run.tags.get("mlflow.source.git.commit", ""),
    "branch": lambda run: run.tags.get("mlflow.source.git.branch", ""),
    "entry_point": lambda run: run.tags.get("terrarium.code.entry_point", ""),
}


def value_of(run: RunSummary, field: Field) -> str:
    """Return a run's value of a field as text, or an empty text. Metrics have six significant digits."""
    match field.kind:
        case Kind.METRIC:
            return f"{run.metrics[field.name]:.6g}" if field.name in run.metrics else ""
        case Kind.PARAM:
            return run.params.get(field.name, "")
        case Kind.TAG:
            return run.tags.get(field.name, "")
        case Kind.USE_CASE:
            return run.tags.get(f"terrarium.use_case.{field.name}", "")
        case _:
            return _ATTRIBUTES[field.name](run)


def chosen_columns(texts: Sequence[str]) -> list[Field]:
    """Return the fields with the names of columns, e.g. `metrics.roc_auc`.

    Raises:
        SearchTextError: A text is not a field that the table can show.
    """
    from terrarium.search.errors import SearchTextError

    fields = []
    for text in texts:
        field = parse_condition(text)
        shown = isinstance(field, Field) and (field.kind is not Kind.ATTRIBUTE or field.name in _ATTRIBUTES)
        if not isinstance(field, Field) or not shown or field.kind is Kind.DATASET:
            raise SearchTextError(
                f"{text!r} is not a column",
                remedy=f"use metrics.NAME, params.NAME, tags.NAME, use_case.name, or one of {', '.join(_ATTRIBUTES)}",
            )
        fields.append(field)
    return fields


def runs_table(
    runs: Sequence[RunSummary], *, columns: Sequence[Field], asked: str, width: int
) -> tuple[PlainTable, list[str]]:
    """Return the table, and the metrics of these runs that do not fit.

    Args:
        runs: The runs.
        columns: The requested columns. Defaults to the metrics that fit into the terminal.
        asked: The text of the search. Its metrics come first.
        width: The width of the terminal, in characters.
    """
    table = PlainTable()
    table.add_column("id", no_wrap=True, min_width=_FIRST_CHARACTERS)
    several = len({run.experiment for run in runs}) > 1
    texts = {
        **({"experiment": [run.experiment for run in runs]} if several else {}),
        "name": [run.name for run in runs],
    }
    for name, values in texts.items():
        table.add_column(name, overflow="fold", min_width=min(_WIDEST_NAME // 2, _widest(name, values)))
    fixed = {name: [_ATTRIBUTES[name](run) for run in runs] for name in ("status", "started")}
    for name in fixed:
        table.add_column(name, no_wrap=True)
    taken = _GAP + _FIRST_CHARACTERS + _GAP
    taken += sum(min(_WIDEST_NAME, _widest(name, values)) + _GAP for name, values in texts.items())
    taken += sum(_widest(name, values) + _GAP for name, values in fixed.items())
    ranked = [Field(Kind.METRIC, name) for name in _metrics(runs, asked)]
    shown = list(columns) or _fitting(ranked, runs, width - taken)
    for field in shown:
        numbers = field.kind is Kind.METRIC
        heading = field.name if numbers else str(field)
        table.add_column(heading, justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    for place, run in enumerate(runs):
        cells = [*(values[place] for values in (*texts.values(), *fixed.values()))]
        table.add_row(run.id[:_FIRST_CHARACTERS], *cells, *(value_of(run, field) for field in shown))
    return table, [] if columns else [field.name for field in ranked[len(shown) :]]


def _metrics(runs: Sequence[RunSummary], asked: str) -> list[str]:
    """Return the metrics of the runs: first those that the search names, then those that most runs have."""
    counts = Counter(name for run in runs for name in run.metrics)
    # Values of folds come last: the table would only show the last fold.
    return sorted(
        counts, key=lambda name: (name not in asked, name.endswith(".fold"), -counts[name], len(name), name)
    )


def _fitting(fields: Sequence[Field], runs: Sequence[RunSummary], room: int) -> list[Field]:
    """Return the first fields whose columns fit into `room` characters, at least one field if there is any."""
    fitting = list(fields[:1])
    room -= sum(_column(field, runs) for field in fitting)
    for field in fields[1:]:
        room -= _column(field, runs)
        if room < 0:
            break
        fitting.append(field)
    return fitting


def _column(field: Field, runs: Sequence[RunSummary]) -> int:
    return _widest(field.name, [value_of(run, field) for run in runs]) + _GAP


def _widest(heading: str, values: Sequence[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, (heading, *values)))
