"""A comparison as self-contained HTML, for a notebook or a file."""

import base64
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from terrarium.compare.plots import rendered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from terrarium.compare._comparison_content import ComparisonContent

__all__ = ["page"]

# No background colours: a notebook may be light or dark.
_STYLE = """
.terrarium-comparison table { border-collapse: collapse; font-size: 13px; }
.terrarium-comparison th, .terrarium-comparison td { text-align: left; padding: 3px 10px; vertical-align: top;
  border-bottom: 1px solid rgba(128, 128, 128, .25); overflow-wrap: anywhere; }
.terrarium-comparison tbody th[colspan] { padding-top: 12px; text-transform: uppercase; font-size: 11px; opacity: .7; }
.terrarium-comparison tbody th { font-weight: 500; }
.terrarium-comparison pre { font-size: 12px; overflow-x: auto; }
.terrarium-comparison .added { color: #1a7f37; } .terrarium-comparison .removed { color: #cf222e; }
.terrarium-comparison img { max-width: 100%; background: white; margin-top: 12px; }
"""


def page(comparison: "ComparisonContent", pictures: "Mapping[str, Figure]") -> str:
    """Return the comparison as one `<div>`. All text is escaped."""
    return "\n".join(
        [
            f'<meta charset="utf-8"><div class="terrarium-comparison"><style>{_STYLE}</style>',
            _table(comparison),
            *(_code(comparison, run, difference) for run, difference in comparison.code.items()),
            *(_picture(name, figure) for name, figure in pictures.items()),
            "</div>",
        ]
    )


def _table(comparison: "ComparisonContent") -> str:
    runs = "".join(
        f"<th>{escape(run.name)}<br><code>{escape(run.id[:8])}</code></th>" for run in comparison.runs
    )
    best = comparison.ranking
    corner = f"by {escape(best.metric)},<br>{'highest' if best.maximize else 'lowest'} first" if best else ""
    rows = []
    for section in comparison.sections:
        rows.append(f'<tr><th colspan="{len(comparison.runs) + 1}">{escape(section.name)}</th></tr>')
        for what, values in section.rows.items():
            cells = "".join(f"<td>{'—' if value is None else escape(value)}</td>" for value in values)
            rows.append(f"<tr><th>{escape(what)}</th>{cells}</tr>")
    if not rows:
        rows.append("<tr><td>no recorded value differs</td></tr>")
    body = "\n".join(rows)
    return f"<table><thead><tr><th>{corner}</th>{runs}</tr></thead>\n<tbody>{body}</tbody></table>"


def _code(comparison: "ComparisonContent", run: str, difference: str) -> str:
    first = next(iter(comparison.labels.values()))
    title = f"code: {escape(first)} → {escape(comparison.labels[run])}"
    lines = "\n".join(map(_line, difference.splitlines()))
    return f"<details><summary>{title}</summary><pre>{lines}</pre></details>"


def _line(line: str) -> str:
    if line.startswith("+"):
        return f'<span class="added">{escape(line)}</span>'
    if line.startswith("-"):
        return f'<span class="removed">{escape(line)}</span>'
    return escape(line)


def _picture(name: str, figure: "Figure") -> str:
    # As an <img>: the ids in two inlined SVG elements would collide.
    content = base64.b64encode(rendered(figure, "svg")).decode()
    return f'<img alt="{escape(name.replace("_", " "))}" src="data:image/svg+xml;base64,{content}">'
