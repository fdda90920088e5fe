"""Language of sources and documentation."""

from tests.prose.check import findings
from tests.prose.rules import COLUMNS, long_lines, unwanted_openings, unwanted_words


def test_sources_and_documentation_are_written_in_plain_words() -> None:
    assert list(findings()) == []


def test_finds_an_unwanted_word_in_any_case() -> None:
    found = list(unwanted_words("one\nWho" + "ever calls it"))
    assert [(finding.line, finding.text) for finding in found] == [(2, "Who" + "ever")]


def test_leaves_parts_of_words_and_identifiers() -> None:
    assert list(unwanted_words("recommended, marshalling, renewal")) == []


def test_finds_long_lines_of_prose_only() -> None:
    long = "word " * COLUMNS
    page = f"# {long}\n\n| {long} |\n\n```\n{long}\n```\n\n{long}\n"
    assert [finding.line for finding in long_lines(page)] == [9]


def test_finds_docstrings_that_begin_with_a_question_word() -> None:
    source = (
        '"""How it works."""\n\ndef one():\n    """Return one."""\n\ndef two():\n    """What is two."""\n'
    )
    assert [finding.line for finding in unwanted_openings(source)] == [1, 6]
