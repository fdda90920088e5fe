"""What is kept of a compiled module is what compiling it anew would bring, whatever becomes of the cache."""

import os
import warnings
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from cdktf_lean import LeanWarning
from cdktf_lean._bytecode import BytecodeCache

SOURCE = "def answer(value: dict[undefined, int]) -> str:\n    return 'first'\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "module" / "__init__.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    return file


@pytest.fixture
def cache(tmp_path: Path) -> BytecodeCache:
    folder = tmp_path / "bytecode"
    folder.mkdir()
    return BytecodeCache(folder)


def _kept(source: Path) -> list[Path]:
    return sorted((source.parents[1] / "bytecode").glob("*"))


def _run(code: CodeType) -> Any:
    names: dict[str, Any] = {}
    exec(code, names)
    return names["answer"]


def test_annotations_are_not_evaluated(cache: BytecodeCache, source: Path) -> None:
    for _ in ("compiled", "kept"):
        answer = _run(cache.find_or_compile(source))
        assert answer.__annotations__ == {"value": "dict[undefined, int]", "return": "str"}
        assert answer(None) == "first"


def test_a_module_is_compiled_once(cache: BytecodeCache, source: Path) -> None:
    compiled = cache.find_or_compile(source)
    [kept] = _kept(source)
    before = kept.stat().st_mtime_ns
    assert cache.find_or_compile(source) == compiled
    assert _kept(source) == [kept]
    assert kept.stat().st_mtime_ns == before


def test_a_module_that_changed_is_compiled_anew(cache: BytecodeCache, source: Path) -> None:
    cache.find_or_compile(source)
    before = source.stat()
    source.write_text(SOURCE.replace("first", "other"))
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert _run(cache.find_or_compile(source))(None) == "other"


def test_the_same_module_elsewhere_says_where_it_is(cache: BytecodeCache, source: Path) -> None:
    elsewhere = source.parents[1] / "elsewhere" / "module" / "__init__.py"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(source.read_bytes())
    status = source.stat()
    os.utime(elsewhere, ns=(status.st_atime_ns, status.st_mtime_ns))
    for file in (source, elsewhere, source):
        assert cache.find_or_compile(file).co_filename == str(file)


@pytest.mark.parametrize("damage", [b"", b"not bytecode", None], ids=["empty", "overwritten", "one bit"])
def test_what_is_damaged_is_compiled_anew_with_one_warning(
    cache: BytecodeCache, source: Path, damage: bytes | None
) -> None:
    cache.find_or_compile(source)
    [kept] = _kept(source)
    content = kept.read_bytes()
    kept.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if damage is None else damage)
    with pytest.warns(LeanWarning, match="is damaged: it is compiled anew"):
        assert _run(cache.find_or_compile(source))(None) == "first"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _run(cache.find_or_compile(source))(None) == "first"


def test_what_cannot_be_kept_is_compiled_each_time(source: Path, tmp_path: Path) -> None:
    cache = BytecodeCache(tmp_path / "missing")
    for _ in range(2):
        assert _run(cache.find_or_compile(source))(None) == "first"
