"""Reports while a caller waits for a job."""

from itertools import pairwise

import pytest

from terrarium.compute.state import JobState
from terrarium.compute.waiting import Waiting
from terrarium.compute.waiting_reports import WaitingReports
from terrarium.errors import AccessDeniedError

_RUNNABLE = JobState(id="1", name="train", status="RUNNABLE")
_RUNNING = JobState(id="1", name="train", status="RUNNING")


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _reports(clock: _Clock, *, until_started: bool = False) -> tuple[WaitingReports, list[str]]:
    lines: list[str] = []
    why = Waiting(problem="no room", remedy="wait")
    return WaitingReports(lambda: why, until_started=until_started, say=lines.append, clock=clock), lines


def test_reports_after_ten_seconds_and_then_at_growing_intervals() -> None:
    clock = _Clock()
    reports, lines = _reports(clock)
    moments = []
    for second in range(3600):
        clock.now = second
        before = len(lines)
        reports.see(_RUNNABLE)
        if len(lines) > before:
            moments.append(second)
    assert moments[:5] == [10, 30, 70, 150, 310]
    assert {later - earlier for earlier, later in pairwise(moments[4:])} == {300}
    assert lines[0] == "terrarium: job train (1) is RUNNABLE after 10 s: no room\n  -> wait"
    assert lines[2].startswith("terrarium: job train (1) is RUNNABLE after 1 min 10 s")


def test_reports_a_changed_state_at_once_but_not_one_that_was_never_reported() -> None:
    clock = _Clock()
    reports, lines = _reports(clock)
    reports.see(_RUNNABLE)
    reports.see(_RUNNING)
    assert lines == []
    clock.now = 10
    reports.see(_RUNNABLE)
    clock.now = 11
    reports.see(_RUNNING)
    assert [line.split(" is ")[1].split()[0] for line in lines] == ["RUNNABLE", "RUNNING"]


def test_does_not_report_a_running_job_whose_log_is_followed() -> None:
    clock = _Clock()
    reports, lines = _reports(clock, until_started=True)
    clock.now = 10
    reports.see(_RUNNABLE)
    reports.see(_RUNNING)
    assert len(lines) == 1


def test_reports_the_state_although_the_queue_cannot_be_described(capsys: pytest.CaptureFixture[str]) -> None:
    clock = _Clock()

    def refuse() -> Waiting:
        raise AccessDeniedError("no", remedy="ask")

    reports = WaitingReports(refuse, clock=clock)
    clock.now = 10
    reports.see(_RUNNABLE)
    assert capsys.readouterr().err == "terrarium: job train (1) is RUNNABLE after 10 s\n"
