"""The threat model names every attack test, and names none that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security" / "threat-model.md"


def test_every_attack_test_is_in_the_threat_model() -> None:
    text = PAGE.read_text(encoding="utf-8")
    tests = {file.name for file in (ROOT / "tests" / "security").glob("test_*.py")}
    assert {name for name in tests if name not in text} == set()


def test_every_link_of_the_threat_model_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
