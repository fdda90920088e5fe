"""Overlapping runs: refused in one thread, separate in several."""

import asyncio
import threading
from pathlib import Path

import mlflow
import pytest

import terrarium
from terrarium.experiments.errors import RunsOverlapError

pytest_plugins = ["tests.support.sdk_environment"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MLflow without a tracking URI writes `mlflow.db` into the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(lab: terrarium.Lab, experiment: str) -> dict[str, tuple[str, dict[str, float]]]:
    return {run.name: (run.status, run.metrics) for run in lab.experiments.runs(experiment)}


def test_coroutines_cannot_begin_runs_within_one_anothers(lab: terrarium.Lab, elsewhere: Path) -> None:
    before = mlflow.get_tracking_uri()

    async def train(number: int) -> None:
        with lab.experiment("coroutines").run(f"run {number}"):
            await asyncio.sleep(0.01)
            mlflow.log_metric("number", number)

    async def train_all() -> list[BaseException | None]:
        return await asyncio.gather(*map(train, range(3)), return_exceptions=True)

    first, *others = asyncio.run(train_all())
    assert first is None
    for refused in others:
        assert isinstance(refused, RunsOverlapError)
        assert "asyncio.to_thread" in str(refused)
    assert ended(lab, "coroutines") == {"run 0": ("FINISHED", {"number": 0.0})}
    assert mlflow.active_run() is None
    assert mlflow.get_tracking_uri() == before
    assert not (elsewhere / "mlflow.db").exists()


def test_a_coroutine_may_nest_runs_and_begin_one_after_the_other(lab: terrarium.Lab) -> None:
    async def train(number: int) -> None:
        with lab.experiment("nested").run(f"run {number}") as run:
            await asyncio.sleep(0)
            with run.nested(f"trial {number}"):
                await asyncio.sleep(0)
            with lab.experiment("nested").run(f"part {number}"):
                await asyncio.sleep(0)

    async def train_all() -> None:
        for number in range(2):
            await train(number)

    asyncio.run(train_all())
    assert {status for status, _ in ended(lab, "nested").values()} == {"FINISHED"}
    assert len(ended(lab, "nested")) == 6


def test_coroutines_in_several_threads_have_separate_runs(lab: terrarium.Lab, elsewhere: Path) -> None:
    together = threading.Barrier(3, timeout=60)

    def train(number: int) -> None:
        with lab.experiment("in threads").run(f"run {number}"):
            together.wait()
            mlflow.log_metric("number", number)
            if number:
                together.wait()  # the others go on when the first has ended
        if not number:
            together.wait()
            return
        assert mlflow.active_run() is None

    async def train_all() -> None:
        await asyncio.gather(*(asyncio.to_thread(train, number) for number in range(3)))

    asyncio.run(train_all())
    assert ended(lab, "in threads") == {
        f"run {number}": ("FINISHED", {"number": float(number)}) for number in range(3)
    }
    assert not (elsewhere / "mlflow.db").exists()


def test_blocks_that_end_out_of_order_end_their_own_runs(lab: terrarium.Lab) -> None:
    outer, inner = lab.experiment("order").run("outer"), lab.experiment("order").run("inner")
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    mlflow.log_metric("number", 1)  # to the inner run, in the environment
    inner.__exit__(ValueError, ValueError("broken"), None)
    assert ended(lab, "order") == {"outer": ("FINISHED", {}), "inner": ("FAILED", {"number": 1.0})}
    assert mlflow.active_run() is None


def test_a_run_that_was_ended_by_mlflow_keeps_its_status(lab: terrarium.Lab) -> None:
    with lab.experiment("by MLflow").run("run"):
        mlflow.end_run("FAILED")
    assert ended(lab, "by MLflow")["run"][0] == "FAILED"
