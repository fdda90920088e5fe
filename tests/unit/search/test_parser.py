"""Conditions and orders as text."""

import pytest

from terrarium.search import (
    Field,
    dataset,
    experiment,
    metric,
    param,
    parse_condition,
    parse_order,
    started,
    status,
    tag,
    use_case,
)
from terrarium.search.condition import All, Any, Condition
from terrarium.search.errors import ComparisonError, SearchTextError


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("metrics.roc_auc > 0.9", metric("roc_auc") > 0.9),
        ("0.9 < metrics.roc_auc", metric("roc_auc") > 0.9),
        ("metrics['val loss'] <= -1", metric("val loss") <= -1),
        ("params.model == 'forest'", param("model") == "forest"),
        ("params.model != 'forest'", param("model") != "forest"),
        ("tags.mlflow.runName == 'first'", tag("mlflow.runName") == "first"),
        ("not tags.broken", ~tag("broken")),
        ("like(params.model, 'for*')", param("model").like("for*")),
        ("status in ('FAILED', 'KILLED')", status.is_in(["FAILED", "KILLED"])),
        ("experiment not in ['a']", ~experiment.is_in(["a"])),
        ("use_case.task == 'regression'", use_case("task") == "regression"),
        ("datasets['telco.customers']", dataset("telco.customers")),
        ("attributes.started >= '2026-01-31'", started >= "2026-01-31"),
        ("0 < metrics.a <= 1", All((metric("a") > 0, metric("a") <= 1))),
        (
            "metrics.a > 1 and (params.b == 2 or not tags.c) and started >= '2026-01-31'",
            All((metric("a") > 1, Any((param("b") == 2, ~tag("c"))), started >= "2026-01-31")),
        ),
    ],
)
def test_text_means_what_the_expression_does(text: str, condition: Condition) -> None:
    assert repr(parse_condition(text)) == repr(condition)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("metrics.roc_auc = 0.9", "= 0.9"),
        ("metrics.roc_auc >", "metrics.roc_auc >"),
        ("roc_auc > 0.9", "roc_auc"),
        ("metrics.a > metrics.b", "metrics.b"),
        ("__import__('os').system('true')", "__import__"),
        ("params.model == forest", "forest"),
        ("metrics[0] > 1", r"metrics\[0\]"),
        ("", "''"),
    ],
)
def test_what_is_not_understood_is_named_and_never_evaluated(text: str, named: str) -> None:
    with pytest.raises(SearchTextError, match=named) as error:
        parse_condition(text)
    assert "metrics.roc_auc > 0.9 and" in error.value.remedy


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("metrics.roc_auc = 0.9", "= is written =="),
        ("tags.`mlflow.user` == 'me'", "['name']"),
        ("params.model LIKE 'for%'", "like(name, 'a*')"),
        ("metrics.a > 1 AND metrics.b > 1", "lower case"),
    ],
)
def test_a_filter_in_mlflows_syntax_is_refused_with_its_translation(text: str, hint: str) -> None:
    with pytest.raises(SearchTextError) as error:
        parse_condition(text)
    assert hint in error.value.remedy


def test_a_pattern_of_sql_is_refused_instead_of_finding_nothing() -> None:
    with pytest.raises(ComparisonError, match="trial%") as error:
        parse_condition("like(name, 'trial%')")
    assert "'trial*'" in error.value.remedy
    assert parse_condition("like(name, '100%*')") is not None


@pytest.mark.parametrize(
    ("text", "field", "descending"),
    [
        ("metrics.roc_auc desc", metric("roc_auc"), True),
        ("metrics.roc_auc ASC", metric("roc_auc"), False),
        ("metrics.roc_auc", metric("roc_auc"), False),
        ("params['a b'] desc", param("a b"), True),
        ("started desc", started, True),
    ],
)
def test_orders(text: str, field: Field, *, descending: bool) -> None:
    order = parse_order(text)
    assert (repr(order.field), order.descending) == (repr(field), descending)


def test_an_order_is_a_field() -> None:
    with pytest.raises(SearchTextError, match="a sort order is a field"):
        parse_order("metrics.a > 1 desc")
