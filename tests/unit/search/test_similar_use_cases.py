"""Similar use cases: what makes the score, and that it says so."""

import pytest

import terrarium
from terrarium.search.similar_use_cases import rank_by_likeness

CHURN = terrarium.UseCase(
    name="churn",
    task="binary-classification",
    business_impact="keeps customers who would leave",
    evaluation_metric="roc_auc",
    data=("telco.customers", "telco.calls"),
    training_requirements="nightly, one CPU",
    serving_requirements="batch",
)
UPSELL = CHURN.model_copy(
    update={"name": "upsell", "business_impact": "sells more to customers", "data": ("telco.customers",)}
)
DEFECTS = CHURN.model_copy(
    update={
        "name": "defects",
        "task": "object-detection",
        "business_impact": "finds scratches on parts",
        "evaluation_metric": "mean_average_precision",
        "data": ("factory.images",),
        "training_requirements": "weekly, GPU",
        "serving_requirements": "edge device, 30 images a second",
    }
)


def test_the_more_they_have_in_common_the_higher_they_rank() -> None:
    ranked = rank_by_likeness(CHURN, [DEFECTS, UPSELL, CHURN], limit=10)
    assert [found.use_case.name for found in ranked] == ["upsell"], "itself and those unlike it are left out"


def test_the_score_is_what_its_fields_add_up_to() -> None:
    (found,) = rank_by_likeness(CHURN, [UPSELL, DEFECTS], limit=1)
    assert found.score == pytest.approx(sum(field.score * field.counts_for for field in found.fields))
    by_name = {field.field: field for field in found.fields}
    assert sum(field.counts_for for field in found.fields) == pytest.approx(1)
    assert by_name["task"].score == pytest.approx(1)
    assert 0 < by_name["data"].score < 1
    assert by_name["data"].shared == ("customers", "telco")
    assert by_name["name"].score == 0


def test_a_twin_under_another_name_has_all_but_the_name() -> None:
    twin = CHURN.model_copy(update={"name": "attrition"})
    (found,) = rank_by_likeness(CHURN, [twin], limit=1)
    assert found.score == pytest.approx(0.95)
    assert "0.25 = data 1.00 x 0.25: calls, customers, telco" in found.explain()


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    common = [
        UPSELL.model_copy(update={"name": f"other {number}", "data": ("telco.bills",)}) for number in range(8)
    ]
    rare = UPSELL.model_copy(update={"name": "rare", "data": ("shop.calls",)})
    ranked = rank_by_likeness(CHURN, [*common, rare], limit=10)
    assert ranked[0].use_case.name == "rare", (
        "it shares `calls`, which no other has; they share `telco`, which all have"
    )


def test_no_more_than_asked_for() -> None:
    twins = [CHURN.model_copy(update={"name": str(number)}) for number in range(5)]
    assert len(rank_by_likeness(CHURN, twins, limit=3)) == 3
