"""The kernel's program is jsii's own, but for when one message is written."""

from pathlib import Path

from cdktf_lean._program import PROGRAM, packaged, write_program

AT_ONCE = b"(0,B.default)(null!=e,`Kernel error: expected type information, got ${(0,K.inspect)(e)}`)"
IF_NEEDED = b"(null!=e||(0,B.default)(!1,`Kernel error: expected type information, got ${(0,K.inspect)(e)}`))"


def test_of_the_installed_version_that_message_and_nothing_else_is_rewritten(tmp_path: Path) -> None:
    write_program(tmp_path)
    official, written = packaged().read_bytes(), (tmp_path / PROGRAM).read_bytes()
    assert official.count(AT_ONCE) == written.count(IF_NEEDED) == 1
    assert written.replace(IF_NEEDED, AT_ONCE) == official


def test_what_the_program_needs_lies_beside_it(tmp_path: Path) -> None:
    write_program(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {PROGRAM, "runtime-index-worker.js"}
