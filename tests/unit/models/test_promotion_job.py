"""The output of a promotion's job is read to its end, though the log arrives later than the job ends."""

from collections.abc import Iterator, Sequence

from terrarium.compute.job import Job
from terrarium.compute.state import JobState
from terrarium.models.promotion_job import late_lines

_ENDED = JobState.model_validate(
    {"id": "j", "name": "promote", "status": "SUCCEEDED", "started": "2026-03-03T10:00:00Z"}
)


class LateJob(Job):
    """A job that has ended, one more line of which arrives with every look at its log."""

    id = "j"
    children: Sequence[Job] = ()

    def __init__(self, *lines: str) -> None:
        self._all, self._arrived = lines, 0

    def state(self) -> JobState:
        return _ENDED

    def waiting(self) -> None:
        return None

    def cancel(self, reason: str = "by request") -> None:
        raise NotImplementedError

    def _lines(self, *, follow: bool) -> Iterator[str]:  # noqa: ARG002 - it has ended
        self._arrived += 1
        return iter(self._all[: self._arrived])


def test_the_lines_that_arrive_last_are_waited_for() -> None:
    job = LateJob("passed  record", "promoted: churn/1 of prod, from staging")
    assert list(late_lines(job, _ENDED, said=0)) == [
        "passed  record",
        "promoted: churn/1 of prod, from staging",
    ]


def test_lines_that_were_repeated_are_not_repeated_again() -> None:
    job = LateJob("passed  record", "promoted: churn/1 of prod, from staging")
    assert list(late_lines(job, _ENDED, said=1)) == ["promoted: churn/1 of prod, from staging"]


def test_a_log_that_never_states_the_outcome_is_not_waited_for_for_ever() -> None:
    assert list(late_lines(LateJob("Killed"), _ENDED, said=0, seconds=0)) == ["Killed"]
