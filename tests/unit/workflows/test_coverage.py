"""`make coverage`: it measures subprocesses, and its table has a row per package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.coverage_table import coverage_table

ROOT = Path(__file__).parents[3]


def summary(*, covered: int, statements: int) -> dict[str, dict[str, int]]:
    counts = {
        "covered_lines": covered,
        "num_statements": statements,
        "covered_branches": 0,
        "num_branches": 0,
    }
    return {"summary": counts}


def test_the_table_adds_up_packages_and_begins_with_the_lowest(tmp_path: Path) -> None:
    """It is what `python -m tests.coverage_table` prints."""
    report = tmp_path / "coverage.json"
    files = {
        "src/terrarium/lab.py": summary(covered=9, statements=10),
        "src/terrarium/search/parse.py": summary(covered=1, statements=4),
        "src/terrarium/search/text/words.py": summary(covered=2, statements=2),
        "policies/rules/audit.py": summary(covered=5, statements=5),
    }
    report.write_text(json.dumps({"files": files, "totals": {"percent_covered": 80.95}}))
    assert coverage_table(report).splitlines() == [
        "### Coverage: 81.0 %",
        "",
        "| package | lines and branches | covered |",
        "|---|---:|---:|",
        "| `terrarium.search` | 6 | 50.0 % |",
        "| `terrarium` | 10 | 90.0 % |",
        "| `policies.rules` | 5 | 100.0 % |",
    ]


def test_the_settings_of_make_coverage_measure_subprocesses_in_other_folders(tmp_path: Path) -> None:
    """`make coverage` takes them from pyproject.toml."""
    program = tmp_path / "program.py"
    program.write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import terrarium.schedules'], cwd='/', check=True)\n"
    )
    settings = tmp_path / "checkout"
    settings.mkdir()
    shutil.copy(ROOT / "pyproject.toml", settings)
    for folder in ("src", "environments", "modules", "stacks", "policies", "operations"):
        (settings / folder).symlink_to(ROOT / folder)
    (settings / "build" / "coverage").mkdir(parents=True)
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "run", str(program)], cwd=settings, check=True, capture_output=True)
    subprocess.run([*coverage, "combine", "--quiet"], cwd=settings, check=True)
    only = ["--include", "*/terrarium/schedules/__init__.py"]
    subprocess.run([*coverage, "json", "--quiet", *only], cwd=settings, check=True)
    (measured,) = json.loads((settings / "build/coverage/coverage.json").read_text())["files"].values()
    assert measured["summary"]["covered_lines"] > 0
