"""Waivers: each excuses one check of one resource, with an owner, a reason and an expiry."""

import copy
from datetime import date
from typing import Any

import pytest

from policies.finding import Finding
from policies.stack import Stack
from policies.waivers import Verdict, reconcile

TODAY = date(2026, 11, 23)
SOUND = {"owner": "ml-platform", "reason": "a reason that says something", "expires": "2026-11-23"}


def stack(waivers: dict[str, Any]) -> Stack:
    path = {"metadata": {"path": "dev/artifacts/bucket"}}
    document = {
        "//": {"waivers": waivers},
        "resource": {"aws_s3_bucket": {"one": {"//": path}, "other": {"//": path}}},
    }
    return Stack(name="dev", tier="disposable", document=document)


def finding(**changes: str) -> Finding:
    return Finding.model_validate(
        {
            "environment": "dev",
            "tool": "checkov",
            "check": "CKV_AWS_18",
            "resource": "one",
            "path": "artifacts/bucket",
            "problem": "no access logs",
            "remedy": "deliver them",
            **changes,
        }
    )


def verdict(findings: list[Finding], waivers: dict[str, Any]) -> Verdict:
    return reconcile(findings, (stack(waivers),), today=TODAY)


def test_a_valid_waiver_excuses_its_finding_until_it_expires() -> None:
    judged = verdict([finding()], {"one": {"CKV_AWS_18": SOUND}})
    assert judged.open == ()
    assert judged.excused[0].waiver.owner == "ml-platform"


def test_a_waiver_excuses_every_finding_of_its_check_on_its_resource() -> None:
    judged = verdict([finding(), finding(problem="another way")], {"one": {"CKV_AWS_18": SOUND}})
    assert judged.open == ()
    assert len(judged.excused) == 2


@pytest.mark.parametrize("change", [{"resource": "other"}, {"check": "CKV_AWS_19"}, {"environment": "prod"}])
def test_a_waiver_excuses_nothing_else_and_is_then_unused(change: dict[str, str]) -> None:
    judged = verdict([finding(**change)], {"one": {"CKV_AWS_18": SOUND}})
    assert [open_finding.check for open_finding in judged.open] == [
        change.get("check", "CKV_AWS_18"),
        "waiver-unused",
    ]


def test_an_expired_waiver_is_a_finding_and_excuses_nothing() -> None:
    ended = {**SOUND, "expires": "2026-11-22"}
    judged = verdict([finding()], {"one": {"CKV_AWS_18": ended}})
    assert [open_finding.check for open_finding in judged.open] == ["CKV_AWS_18", "waiver-expired"]
    assert "its owner is ml-platform" in judged.open[1].problem


@pytest.mark.parametrize("field", ["owner", "reason", "expires"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_waiver_without_owner_reason_or_expiry_is_a_finding(field: str, value: str | None) -> None:
    waiver = copy.deepcopy(SOUND)
    if value is None:
        del waiver[field]
    else:
        waiver[field] = value
    judged = verdict([finding()], {"one": {"CKV_AWS_18": waiver}})
    assert [open_finding.check for open_finding in judged.open] == ["CKV_AWS_18", "waiver-malformed"]
    assert field in judged.open[1].problem


def test_a_waiver_for_a_missing_resource_is_unused() -> None:
    judged = verdict([], {"gone": {"CKV_AWS_18": SOUND}})
    assert [open_finding.check for open_finding in judged.open] == ["waiver-unused"]


def test_the_order_of_findings_is_kept() -> None:
    findings = [finding(check=f"CKV_AWS_{number}") for number in range(5)]
    assert verdict(findings, {}).open == tuple(findings)
