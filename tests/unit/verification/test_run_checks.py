"""Outcomes of checks: one fault, one failed line."""

from terrarium.errors import Error
from terrarium.verification import Outcome, Remainder, parse_line
from terrarium.verification.check import Check, Observation, SkippedError
from terrarium.verification.outcome import format_line
from terrarium.verification.run_checks import run_checks
from terrarium.verification.workspace import Workspace


def workspace(*, database: bool = True) -> Workspace:
    return Workspace("dev", "scientist", token="t", database=database, emit=lambda _: None)


def passes(_: Workspace) -> Observation:
    return Observation("seen", {"alarm_month": 1.0})


def fails(_: Workspace) -> Observation:
    raise Error("denied", remedy="ask for the role")


def statuses(*checks: Check, database: bool = True) -> dict[str, str]:
    return {outcome.check: outcome.status for outcome in run_checks(checks, workspace(database=database))}


def test_a_failure_states_problem_cause_and_remedy() -> None:
    (outcome,) = run_checks([Check("store", fails, cause="a role lacks rights")], workspace())
    assert (outcome.status, outcome.detail) == ("failed", "denied")
    assert (outcome.cause, outcome.remedy) == ("a role lacks rights", "ask for the role")


def test_skips_a_check_whose_needs_have_not_passed() -> None:
    found = statuses(
        Check("a", fails, cause=""), Check("b", passes, cause="", needs=("a",)), Check("c", passes, cause="")
    )
    assert found == {"a": "failed", "b": "skipped", "c": "passed"}


def test_a_need_that_the_role_does_not_have_is_no_obstacle() -> None:
    assert statuses(Check("b", passes, cause="", needs=("a",))) == {"b": "passed"}


def test_skips_the_database_where_this_machine_does_not_reach_it() -> None:
    assert statuses(Check("run", passes, cause="", database=True), database=False) == {"run": "skipped"}


def test_a_check_can_find_that_it_does_not_apply() -> None:
    def absent(_: Workspace) -> Observation:
        raise SkippedError("no pool has nodes")

    (outcome,) = run_checks([Check("nodes", absent, cause="")], workspace())
    assert (outcome.status, outcome.detail) == ("skipped", "no pool has nodes")


def test_a_failed_removal_is_a_failure_only_where_its_check_had_passed() -> None:
    def stays() -> None:
        raise Error("may not delete", remedy="")

    def creates(here: Workspace) -> Observation:
        here.on_exit("thing", stays)
        return Observation("")

    def creates_and_fails(here: Workspace) -> Observation:
        here.on_exit("thing", stays)
        raise Error("denied", remedy="")

    assert statuses(Check("a", creates, cause="")) == {"a": "passed", "clean up": "failed"}
    assert statuses(Check("a", creates_and_fails, cause="")) == {"a": "failed", "clean up": "skipped"}


def test_a_report_survives_as_a_line_among_others() -> None:
    reports = (
        Outcome(check="Athena", role="job", status="passed", seconds=0.5, usage={"athena_tib_scanned": 1e-5}),
        Remainder(bucket="b", prefix="p/"),
    )
    for report in reports:
        assert parse_line(f"2026-11-30 {format_line(report)}") == report
    assert parse_line("INFO mlflow: logged") is None
