"""Verdict as JUnit XML: a suite per environment and a case per finding, which CI systems show as tests."""

from xml.etree import ElementTree

from policies.catalogue import PLAN_POLICIES, POLICIES
from policies.waivers import Verdict

__all__ = ["junit"]


def junit(verdict: Verdict) -> str:
    """Return the XML: open findings as failures, waived ones as skipped, own policies without findings as passed."""
    root = ElementTree.Element("testsuites", name="terrarium policy")
    with_plan = {stack.name for stack in verdict.planned}
    for stack in verdict.stacks:
        here = [finding for finding in verdict.open if finding.environment == stack.name]
        excused = [pair for pair in verdict.excused if pair.finding.environment == stack.name]
        broken = {finding.check for finding in (*here, *(pair.finding for pair in excused))}
        judged = [policy.id for policy in POLICIES]
        if stack.name in with_plan:
            judged += [policy.id for policy in PLAN_POLICIES]
        holding = [check for check in judged if check not in broken]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=stack.name,
            tests=str(len(here) + len(excused) + len(holding)),
            failures=str(len(here)),
            skipped=str(len(excused)),
            errors="0",
        )
        for check in holding:
            ElementTree.SubElement(suite, "testcase", classname=stack.name, name=check)
        for finding in here:
            case = _case(suite, stack.name, finding.check, finding.path)
            ElementTree.SubElement(case, "failure", message=finding.problem).text = finding.remedy
        for finding, waiver in excused:
            case = _case(suite, stack.name, finding.check, finding.path)
            message = f"{waiver.reason} ({waiver.owner}, until {waiver.expires})"
            ElementTree.SubElement(case, "skipped", message=message)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, environment: str, check: str, path: str) -> ElementTree.Element:
    module = path.partition("/")[0] or "stack"
    return ElementTree.SubElement(
        suite, "testcase", classname=f"{environment}.{module}", name=f"{check} {path}".strip()
    )
