"""Reports of a verdict: the tables, SARIF and JUnit XML."""

import io
import json
from datetime import date
from xml.etree import ElementTree

from rich.console import Console

from modules.waivers import Waiver
from policies.finding import Finding
from policies.reports.junit import junit
from policies.reports.sarif import sarif
from policies.reports.table import print_findings, print_waivers
from policies.stack import Stack
from policies.waivers import Excused, Verdict

OPEN = Finding(
    environment="dev",
    tool="terrarium",
    check="public-store",
    resource="artifacts_bucket",
    path="artifacts/bucket",
    problem="it has no public access block, so that it can be made public",
    remedy="block public access",
)
WAIVED = OPEN.model_copy(update={"check": "CKV_AWS_18", "tool": "checkov"})
WAIVER = Waiver(owner="ml-platform", reason="a reason that says something", expires=date(2027, 1, 31))
VERDICT = Verdict(
    stacks=(Stack(name="dev", tier="disposable", document={}),),
    open=(OPEN,),
    excused=(Excused(WAIVED, WAIVER),),
)


def printed(show: object) -> str:
    assert callable(show)
    console = Console(file=io.StringIO(), width=200)
    show(VERDICT, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_shows_environment_construct_problem_and_remedy() -> None:
    text = printed(print_findings)
    for words in (
        "dev",
        "artifacts/bucket",
        "public-store",
        OPEN.problem,
        OPEN.remedy,
        "1 findings, 1 waived",
    ):
        assert words in text


def test_the_table_of_waivers_shows_owner_reason_and_expiry() -> None:
    text = printed(print_waivers)
    for words in ("Waivers of dev", "CKV_AWS_18", "ml-platform", "2027-01-31", WAIVER.reason):
        assert words in text


def test_sarif_names_the_construct_and_suppresses_waived_findings() -> None:
    (run,) = json.loads(sarif(VERDICT))["runs"]
    first, second = run["results"]
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "dev/artifacts/bucket"
    assert "suppressions" not in first
    assert WAIVER.reason in second["suppressions"][0]["justification"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"public-store", "CKV_AWS_18"}
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_junit_has_failures_for_open_and_skips_for_waived_findings() -> None:
    (suite,) = ElementTree.fromstring(junit(VERDICT))
    assert (suite.get("name"), suite.get("failures"), suite.get("skipped")) == ("dev", "1", "1")
    assert int(suite.get("tests", "0")) == len(suite)
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["public-store artifacts/bucket"]
