"""Lean bindings synthesize every environment as the stock bindings do, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from environments import environment_names

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_environment_is_byte_identical_to_what_the_stock_bindings_synthesize(tmp_path: Path) -> None:
    lean, stock = (
        _synthesize(tmp_path / name, lean=switch) for name, switch in [("lean", "1"), ("stock", "0")]
    )
    assert {name for name in stock if name.name == "cdk.tf.json"} == {
        Path("stacks", environment, "cdk.tf.json") for environment in environment_names()
    }
    assert lean == stock


def _synthesize(folder: Path, *, lean: str) -> dict[Path, bytes]:
    subprocess.run(
        [sys.executable, "-W", "error::cdktf_lean.LeanWarning", "-m", "stacks"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "CDKTF_LEAN": lean, "CDKTF_OUTDIR": str(folder)},
        check=True,
    )
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
