"""A damaged, missing or shared cache changes no result; each problem is reported once."""

import shutil

import pytest

from tests.unit.cdktf_lean.conftest import Bindings, outcome
from tests.unit.cdktf_lean.miniature import write_miniature

PROGRAM = """
import cdktf_lean; cdktf_lean.enable()
from cdktf_cdktf_provider_miniature.bucket import Bucket
print(*Bucket().used)
"""
USED_MODULES, ALL_MODULES = ["bucket"], ["bucket queue"]


def test_builds_an_assembly_once(bindings: Bindings) -> None:
    [built] = bindings.cached
    before = built.stat()
    assert bindings.run(PROGRAM).lines == USED_MODULES
    assert bindings.cached == [built]
    assert built.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"], ids=["same version", "other version"])
def test_other_bindings_have_their_own_entry(bindings: Bindings, version: str) -> None:
    shutil.rmtree(bindings.site)
    write_miniature(bindings.site, version=version, index='exports.bucket = require("./bucket");')
    result = bindings.run(PROGRAM)
    assert result.lines == USED_MODULES
    assert result.warnings == []
    assert len(bindings.cached) == 2


@pytest.mark.parametrize("damage", [b"", b"not a tarball"], ids=["empty", "overwritten"])
def test_builds_a_damaged_assembly_again_with_one_warning(bindings: Bindings, damage: bytes) -> None:
    [built] = bindings.cached
    built.write_bytes(damage)
    damaged, repaired = bindings.run(PROGRAM), bindings.run(PROGRAM)
    assert damaged.lines == repaired.lines == USED_MODULES
    assert len(damaged.warnings) == 1
    assert "is damaged: it is built again" in damaged.warnings[0]
    assert repaired.warnings == []


def test_builds_a_truncated_assembly_again(bindings: Bindings) -> None:
    [built] = bindings.cached
    content = built.read_bytes()
    built.write_bytes(content[: len(content) // 2])
    assert bindings.run(PROGRAM).lines == USED_MODULES
    assert built.read_bytes() == content


def test_names_the_command_that_removes_a_damaged_unpacked_package(bindings: Bindings) -> None:
    for types in (bindings.cache / "cdktf-lean" / "unpacked").rglob(".jsii*"):
        if "cache" not in types.name:
            types.unlink()
    with pytest.raises(AssertionError, match="`python -m cdktf_lean clear` removes it"):
        bindings.run(PROGRAM)
    bindings.clear()
    assert bindings.run(PROGRAM).lines == USED_MODULES


def test_without_a_writable_folder_loads_the_official_assembly_with_one_warning(unused: Bindings) -> None:
    unused.cache.write_text("a file, not a folder")
    result = unused.run(PROGRAM)
    assert result.lines == ALL_MODULES
    assert len(result.warnings) == 1
    assert "cannot write to the cache folder" in result.warnings[0]


def test_processes_that_build_at_the_same_time_write_one_entry(unused: Bindings) -> None:
    processes = [unused.start(PROGRAM) for _ in range(3)]
    results = [outcome(process) for process in processes]
    assert [result.lines for result in results] == [USED_MODULES] * 3
    assert [result.warnings for result in results] == [[]] * 3
    assert len(unused.cached) == 1


def test_clear_removes_only_the_folder_of_this_package(bindings: Bindings) -> None:
    neighbour = bindings.cache / "another-program"
    neighbour.mkdir()
    bindings.clear()
    assert list(bindings.cache.iterdir()) == [neighbour]
