"""Table of the measured coverage, one row per package, in Markdown: `python -m tests.coverage_table COVERAGE.json`."""

import json
import sys
from collections import defaultdict
from pathlib import Path, PurePath

__all__ = ["coverage_table"]


def coverage_table(report: Path) -> str:
    """Return the table of a report of `coverage json`; the rows with the lowest coverage come first."""
    document = json.loads(report.read_text())
    covered: dict[str, int] = defaultdict(int)
    all_of: dict[str, int] = defaultdict(int)
    for file, measured in document["files"].items():
        summary = measured["summary"]
        package = _package(PurePath(file))
        covered[package] += summary["covered_lines"] + summary["covered_branches"]
        all_of[package] += summary["num_statements"] + summary["num_branches"]
    shares = {package: 100 * covered[package] / count for package, count in all_of.items() if count}
    rows = [
        f"| `{package}` | {all_of[package]} | {share:.1f} % |"
        for package, share in sorted(shares.items(), key=lambda item: (item[1], item[0]))
    ]
    total = document["totals"]["percent_covered"]
    head = f"### Coverage: {total:.1f} %\n\n| package | lines and branches | covered |\n|---|---:|---:|"
    return "\n".join([head, *rows])


def _package(file: PurePath) -> str:
    parts = file.parts[1:-1] if file.parts[0] == "src" else file.parts[:-1]
    return ".".join(parts[:2])


if __name__ == "__main__":
    print(coverage_table(Path(sys.argv[1])))
