"""Verdict as SARIF 2.1.0, for code scanning."""

import hashlib
import json
from typing import Any

from policies.catalogue import PLAN_POLICIES, POLICIES
from policies.finding import Finding
from policies.waivers import Excused, Verdict

__all__ = ["sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_TITLES = {policy.id: policy.title for policy in POLICIES} | {
    policy.id: policy.title for policy in PLAN_POLICIES
}


def sarif(verdict: Verdict) -> str:
    """Return one SARIF run with all findings; waived ones are marked as suppressed, with their justification."""
    results = [
        *(_result(finding) for finding in verdict.open),
        *(_suppressed(excused) for excused in verdict.excused),
    ]
    rules = {
        finding.check: finding for finding in (*verdict.open, *(pair.finding for pair in verdict.excused))
    }
    driver = {
        "name": "terrarium policy",
        "rules": [_rule(rules[check]) for check in sorted(rules)],
    }
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2)


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.check,
        "shortDescription": {"text": _TITLES.get(finding.check, finding.check)},
        "help": {"text": finding.remedy},
        "properties": {"tool": finding.tool},
    }


def _result(finding: Finding) -> dict[str, Any]:
    place = f"{finding.environment}/{finding.path}"
    key = f"{place}:{finding.check}:{finding.resource}"
    return {
        "ruleId": finding.check,
        "level": "error",
        "message": {"text": f"{place}: {finding.problem}. To fix it: {finding.remedy}."},
        "locations": [
            {
                # A line of generated JSON would not help; the environment's file and the construct's path do.
                "physicalLocation": {
                    "artifactLocation": {"uri": f"environments/{finding.environment}.toml"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": place, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"construct/v1": hashlib.sha256(key.encode()).hexdigest()},
    }


def _suppressed(excused: Excused) -> dict[str, Any]:
    waiver = excused.waiver
    justification = f"{waiver.reason} ({waiver.owner}, until {waiver.expires})"
    return {
        **_result(excused.finding),
        "suppressions": [{"kind": "inSource", "status": "accepted", "justification": justification}],
    }
