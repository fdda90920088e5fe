"""A feature registry cannot import modules that do not define the registered feature."""

import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from terrarium.features import OnDemandFeature
from terrarium.features.errors import TransformationError

_FEATURE = '''
from pathlib import Path

from terrarium.features import on_demand

Path({marker!r}).touch()


@on_demand(dtype="double", request={{"amount": "double"}})
def share(amount, balance):
    """Of the balance."""
    return amount / balance
    # to the last line
'''
_SCRIPT = """
from pathlib import Path

Path({marker!r}).touch()


def share(amount, balance):
    return amount / balance
"""


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that exists as soon as one of the modules was imported."""
    marker = tmp_path / "imported"
    (tmp_path / "shares_package").mkdir()
    (tmp_path / "shares_package" / "__init__.py").write_text("")
    (tmp_path / "shares_package" / "defined.py").write_text(_FEATURE.format(marker=str(marker)))
    (tmp_path / "shares_package" / "script.py").write_text(_SCRIPT.format(marker=str(marker)))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield marker
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "shares_package"]:
        del sys.modules[name]


def registered(tmp_path: Path) -> OnDemandFeature:
    """The feature as the registry has it: in text."""
    sys.path_importer_cache.clear()
    import shares_package.defined  # type: ignore[import-not-found] # made by the test

    feature: OnDemandFeature = shares_package.defined.share
    _forget()
    (tmp_path / "imported").unlink()
    return OnDemandFeature.model_validate_json(feature.model_dump_json())


def test_imports_the_module_that_defines_the_feature(tmp_path: Path, marker: Path) -> None:
    feature = registered(tmp_path)
    columns = {"amount": pl.Series([1.0]), "balance": pl.Series([2.0])}
    assert feature(columns).to_list() == [0.5]
    assert marker.exists()


@pytest.mark.parametrize(
    "function",
    [
        "shares_package.script:share",
        "shares_package.script:main",
        "shares_package.nothing:share",
        "nothing.at.all:share",
        "antigravity:share",
        "_ctypes_test:share",
        "shares_package:share",
        ":share",
    ],
)
def test_imports_no_other_module(tmp_path: Path, marker: Path, function: str) -> None:
    feature = registered(tmp_path).model_copy(update={"function": function})
    with pytest.raises(TransformationError, match="nothing was imported"):
        feature.resolve()
    assert not marker.exists()
    assert "antigravity" not in sys.modules


def test_imports_no_module_whose_function_is_another_by_now(tmp_path: Path, marker: Path) -> None:
    feature = registered(tmp_path)
    module = tmp_path / "shares_package" / "defined.py"
    module.write_text(module.read_text().replace("amount / balance", "balance / amount"))
    with pytest.raises(TransformationError, match="nothing was imported"):
        feature.resolve()
    assert not marker.exists()
