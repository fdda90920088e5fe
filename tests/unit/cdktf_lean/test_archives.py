"""What the kernel loads only when it is needed is there when it is needed."""

import zipfile
from pathlib import Path

from tests.unit.cdktf_lean.programs import said

PROGRAM = """
import os, cdktf_lean
cdktf_lean.enable()
from cdktf import App, AssetType, TerraformAsset, TerraformStack

app = App(outdir="out")
asset = TerraformAsset(TerraformStack(app, "stack"), "asset", path=os.path.abspath("packed"), type=AssetType.ARCHIVE)
app.synth()
"""


def test_a_folder_is_zipped_as_ever(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "a.txt").write_text("content")
    assert said(PROGRAM, tmp_path) == []
    (archive,) = tmp_path.glob("out/stacks/stack/assets/**/*.zip")
    assert zipfile.ZipFile(archive).read("a.txt") == b"content"
