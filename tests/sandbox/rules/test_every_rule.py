"""Every rule has a unique id, a statement, a source, operations that exist, and a test in which it refuses."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from moto.core.utils import get_service_model

from terrarium_sandbox.http.aws_call import model_name
from terrarium_sandbox.rules import RULES, Rule
from terrarium_sandbox.rules.table import table
from tests.support.local_sandbox import LocalSandbox

_IDS = [rule.id for rule in RULES]


def _tested() -> set[str]:
    """The ids that tests beside this one, and elsewhere in the sandbox's tests, pass to `refused_by`."""
    return {
        call.args[0].value
        for file in Path(__file__).parents[1].rglob("test_*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "refused_by"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_rule_has_a_test_in_which_it_refuses_a_request() -> None:
    assert sorted(set(_IDS) - _tested()) == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    assert sorted(_tested() - set(_IDS)) == []


def test_every_id_is_used_once() -> None:
    assert [rule_id for rule_id, times in Counter(_IDS).items() if times > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=_IDS)
def test_a_rule_has_a_statement_and_a_source(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)
    assert re.fullmatch(r"[A-Z].+\.", rule.statement)
    assert len(rule.source) > 20
    assert "http" not in rule.source
    assert 400 <= rule.status < 500


@pytest.mark.parametrize("rule", RULES, ids=_IDS)
def test_a_rule_examines_operations_that_exist(rule: Rule) -> None:
    for call in rule.on:
        service, _, operation = call.partition(":")
        assert operation in get_service_model(model_name(service)).operation_names


@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_table_has_every_rule_and_fits_the_terminal(width: int) -> None:
    lines = table(width).splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(" ".join(lines).split())
    for rule in RULES:
        assert rule.id in words


def test_the_command_lists_the_rules(sandbox: LocalSandbox) -> None:
    printed = sandbox.command("rules").stdout
    assert [rule_id for rule_id in _IDS if rule_id not in printed] == []
