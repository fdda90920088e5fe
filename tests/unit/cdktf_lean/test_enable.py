"""`enable()` before the first import loads only used modules; `CDKTF_LEAN=0` keeps the stock behaviour."""

from importlib.resources import files
from pathlib import Path

import pytest
from jsii._embedded.jsii import EMBEDDED_FILES, ENTRYPOINT

from tests.unit.cdktf_lean.conftest import Bindings
from tests.unit.cdktf_lean.miniature import INDEX, write_miniature

ENABLE = "import cdktf_lean; cdktf_lean.enable()\n"
USE_BUCKET = """
import sys
from cdktf_cdktf_provider_miniature.bucket import Bucket
bucket = Bucket()
print("javascript", *bucket.used)
print("python", *(n for n in ("bucket", "queue") if f"cdktf_cdktf_provider_miniature.{n}" in sys.modules))
"""

ALL_MODULES = ["javascript bucket queue", "python bucket queue"]
USED_MODULES = ["javascript bucket", "python bucket"]


def test_stock_bindings_load_all_modules(bindings: Bindings) -> None:
    assert bindings.run(USE_BUCKET).lines == ALL_MODULES


def test_lean_bindings_load_only_used_modules(unused: Bindings) -> None:
    first, second = unused.run(ENABLE + USE_BUCKET), unused.run(ENABLE + USE_BUCKET)
    assert first.lines == second.lines == USED_MODULES
    assert first.warnings == second.warnings == []


def test_cdktf_lean_0_keeps_the_stock_behaviour(unused: Bindings) -> None:
    assert unused.run(ENABLE + USE_BUCKET, CDKTF_LEAN="0").lines == ALL_MODULES
    assert not unused.cache.exists()


def test_a_second_call_has_no_effect(bindings: Bindings) -> None:
    outcome = bindings.run(ENABLE + ENABLE + USE_BUCKET + ENABLE)
    assert outcome.lines == USED_MODULES
    assert outcome.warnings == []


def test_a_call_after_the_import_of_bindings_warns_and_has_no_effect(bindings: Bindings) -> None:
    outcome = bindings.run("import cdktf_cdktf_provider_miniature\n" + ENABLE + USE_BUCKET)
    assert outcome.lines == ALL_MODULES
    assert len(outcome.warnings) == 1
    assert "Call it before the first import" in outcome.warnings[0]


@pytest.mark.parametrize("lean", ["1", "0"], ids=["lean", "stock"])
def test_prints_the_output_of_javascript(bindings: Bindings, lean: str) -> None:
    write_miniature(bindings.site, index=INDEX + 'console.log("printed by JavaScript");')
    assert "printed by JavaScript" in bindings.run(ENABLE + USE_BUCKET, CDKTF_LEAN=lean).lines


def test_uses_the_runtime_that_the_user_chooses(bindings: Bindings, tmp_path: Path) -> None:
    for name, file in EMBEDDED_FILES.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(files("jsii._embedded.jsii").joinpath(name).read_bytes())
    outcome = bindings.run(ENABLE + USE_BUCKET, JSII_RUNTIME=str(tmp_path / EMBEDDED_FILES[ENTRYPOINT]))
    assert outcome.lines == USED_MODULES
    assert outcome.warnings == []


def test_a_program_that_does_not_use_the_kernel_ends(bindings: Bindings) -> None:
    assert bindings.run(ENABLE + "print('done')").lines == ["done"]
