"""Whatever becomes of the cache, the result is right, and what is unexpected is said once."""

import shutil

import pytest

from tests.unit.cdktf_lean.conftest import Bench, outcome
from tests.unit.cdktf_lean.miniature import write_miniature

PROGRAM = """
import cdktf_lean; cdktf_lean.enable()
from cdktf_cdktf_provider_miniature.bucket import Bucket
print(*Bucket().used)
"""
LEAN, STOCK = ["bucket"], ["bucket queue"]


def test_it_is_built_once(bench: Bench) -> None:
    [built] = bench.kept
    before = built.stat()
    assert bench.run(PROGRAM).lines == LEAN
    assert bench.kept == [built]
    assert built.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"], ids=["same version", "other version"])
def test_other_bindings_have_an_entry_of_their_own(bench: Bench, version: str) -> None:
    shutil.rmtree(bench.site)
    write_miniature(bench.site, version=version, index='exports.bucket = require("./bucket");')
    result = bench.run(PROGRAM)
    assert result.lines == LEAN
    assert result.warnings == []
    assert len(bench.kept) == 2


@pytest.mark.parametrize("damage", [b"", b"not a tarball"], ids=["empty", "overwritten"])
def test_a_damaged_assembly_is_built_anew_with_one_warning(bench: Bench, damage: bytes) -> None:
    [built] = bench.kept
    built.write_bytes(damage)
    damaged, mended = bench.run(PROGRAM), bench.run(PROGRAM)
    assert damaged.lines == mended.lines == LEAN
    assert len(damaged.warnings) == 1
    assert "is damaged: it is built anew" in damaged.warnings[0]
    assert mended.warnings == []


def test_a_truncated_assembly_is_built_anew(bench: Bench) -> None:
    [built] = bench.kept
    content = built.read_bytes()
    built.write_bytes(content[: len(content) // 2])
    assert bench.run(PROGRAM).lines == LEAN
    assert built.read_bytes() == content


def test_what_the_kernel_unpacked_and_lost_is_not_needed(bench: Bench) -> None:
    for types in (bench.cache / "cdktf-lean" / "unpacked").rglob(".jsii*"):
        if "cache" not in types.name:
            types.unlink()
    result = bench.run(PROGRAM)
    assert result.lines == STOCK
    assert len(result.warnings) == 1
    assert "python -m cdktf_lean clear" in result.warnings[0]


def test_without_a_folder_to_write_to_the_official_assembly_is_loaded_with_one_warning(empty: Bench) -> None:
    empty.cache.write_text("a file, not a folder")
    result = empty.run(PROGRAM)
    assert result.lines == STOCK
    assert len(result.warnings) == 1
    assert "cannot write to the cache folder" in result.warnings[0]


def test_processes_that_build_at_once_agree(empty: Bench) -> None:
    processes = [empty.start(PROGRAM) for _ in range(3)]
    results = [outcome(process) for process in processes]
    assert [result.lines for result in results] == [LEAN] * 3
    assert [result.warnings for result in results] == [[]] * 3
    assert len(empty.kept) == 1


def test_clearing_removes_all_of_it_and_nothing_else(bench: Bench) -> None:
    neighbour = bench.cache / "another-program"
    neighbour.mkdir()
    bench.run(
        "import runpy, sys; sys.argv[1:] = ['clear']; runpy.run_module('cdktf_lean', run_name='__main__')"
    )
    assert list(bench.cache.iterdir()) == [neighbour]
