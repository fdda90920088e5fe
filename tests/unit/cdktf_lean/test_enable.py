"""One line before the first import, and the official classes load fast; without it, or with `CDKTF_LEAN=0`, as ever."""

from importlib.resources import files
from pathlib import Path

import pytest
from jsii._embedded.jsii import EMBEDDED_FILES, ENTRYPOINT

from tests.unit.cdktf_lean.conftest import Bench
from tests.unit.cdktf_lean.miniature import INDEX, write_miniature

ENABLE = "import cdktf_lean; cdktf_lean.enable()\n"
USE_BUCKET = """
import sys
from cdktf_cdktf_provider_miniature.bucket import Bucket
bucket = Bucket()
print("javascript", *bucket.used)
print("python", *(n for n in ("bucket", "queue") if f"cdktf_cdktf_provider_miniature.{n}" in sys.modules))
"""

EVERYTHING = ["javascript bucket queue", "python bucket queue"]
WHAT_IS_USED = ["javascript bucket", "python bucket"]


def test_the_stock_bindings_load_everything(bench: Bench) -> None:
    assert bench.run(USE_BUCKET).lines == EVERYTHING


def test_only_what_is_used_is_loaded(empty: Bench) -> None:
    first, second = empty.run(ENABLE + USE_BUCKET), empty.run(ENABLE + USE_BUCKET)
    assert first.lines == second.lines == WHAT_IS_USED
    assert first.warnings == second.warnings == []


def test_the_kernel_loads_what_python_imports_before_it_is_used(bench: Bench) -> None:
    outcome = bench.run(
        ENABLE + "from cdktf_cdktf_provider_miniature import bucket, queue; print(*bucket.Bucket().used)"
    )
    assert outcome.lines == ["bucket queue"]


def test_a_variable_keeps_the_stock_behaviour(empty: Bench) -> None:
    assert empty.run(ENABLE + USE_BUCKET, CDKTF_LEAN="0").lines == EVERYTHING
    assert not empty.cache.exists()


def test_enabling_twice_is_enabling_once(bench: Bench) -> None:
    outcome = bench.run(ENABLE + ENABLE + USE_BUCKET + ENABLE)
    assert outcome.lines == WHAT_IS_USED
    assert outcome.warnings == []


def test_enabling_after_the_bindings_were_imported_warns_once_and_changes_nothing(bench: Bench) -> None:
    outcome = bench.run("import cdktf_cdktf_provider_miniature\n" + ENABLE + USE_BUCKET)
    assert outcome.lines == EVERYTHING
    assert len(outcome.warnings) == 1
    assert "Call it before the first import" in outcome.warnings[0]


@pytest.mark.parametrize("lean", ["1", "0"], ids=["lean", "stock"])
def test_what_javascript_prints_is_printed(bench: Bench, lean: str) -> None:
    write_miniature(bench.site, index=INDEX + 'console.log("said by JavaScript");')
    assert "said by JavaScript" in bench.run(ENABLE + USE_BUCKET, CDKTF_LEAN=lean).lines


def test_a_runtime_of_the_users_own_is_left_alone_with_one_warning(bench: Bench, tmp_path: Path) -> None:
    for name, file in EMBEDDED_FILES.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(files("jsii._embedded.jsii").joinpath(name).read_bytes())
    outcome = bench.run(ENABLE + USE_BUCKET, JSII_RUNTIME=str(tmp_path / EMBEDDED_FILES[ENTRYPOINT]))
    assert outcome.lines == ["javascript bucket queue", "python bucket"]
    assert len(outcome.warnings) == 1
    assert "cannot be started directly" in outcome.warnings[0]


def test_a_program_that_never_uses_the_kernel_ends_as_ever(bench: Bench) -> None:
    assert bench.run(ENABLE + "print('done')").lines == ["done"]
