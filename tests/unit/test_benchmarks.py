"""The command that runs benchmarks."""

import pytest

from benchmarks import __main__ as command


def test_a_failed_benchmark_does_not_end_the_others(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_names", lambda: ["one", "two"])  # which their processes do not find
    assert command.main([]) == 1
    printed = capfd.readouterr()
    assert "0 of 2 benchmarks ran to their end" in printed.out
    for name in ("one", "two"):
        assert f"{name} failed with exit code 2; alone: python -m benchmarks {name}" in printed.err


def test_refuses_an_unknown_benchmark(capfd: pytest.CaptureFixture[str]) -> None:
    assert command.main(["tracks"]) == 2
    assert "there is no benchmark tracks; there are: compute, datasets," in capfd.readouterr().err
