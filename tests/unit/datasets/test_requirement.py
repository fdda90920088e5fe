"""Data requirements: completeness, review, storage."""

from datetime import timedelta

import pytest

import terrarium
from terrarium.datasets import Range
from terrarium.datasets.errors import RequirementError
from terrarium.datasets.requirements import RequiredColumn

COMPLETE = terrarium.DataRequirement(
    dataset="telco.usage",
    purpose="Churn shows in falling usage",
    columns=(
        RequiredColumn(name="customer_id", meaning="Key of telco.customers", type="int64"),
        RequiredColumn(name="minutes", meaning="Of calls that day", type="double"),
        RequiredColumn(name="day", meaning="In local time", type="date32[day]"),
    ),
    constraints=(Range(column="minutes", minimum=0, maximum=1440),),
    minimum_rows=1000,
    time_column="day",
    freshness=timedelta(days=2),
    history=timedelta(days=365),
    owner="network data",
    consumer="churn",
)


def test_names_what_is_missing() -> None:
    begun = terrarium.DataRequirement(
        dataset="telco.usage",
        columns=(RequiredColumn(name="minutes"),),
        constraints=(Range(column="seconds", minimum=0),),
        freshness=timedelta(days=1),
    )
    assert begun.missing() == (
        "purpose",
        "owner",
        "consumer",
        "meaning of column minutes",
        "time_column, for freshness and history",
        "column seconds, which a constraint or time_column names",
    )
    with pytest.raises(RequirementError, match="not complete: purpose; owner"):
        begun.proposed(by="ada")
    assert COMPLETE.missing() == ()


def test_the_proposer_cannot_review() -> None:
    proposed = COMPLETE.proposed(by="ada", remark="as discussed")
    with pytest.raises(RequirementError, match="ada proposed"):
        proposed.approved(by="ada")
    approved = proposed.approved(by="grace")
    assert (approved.state, approved.reviewer) == ("approved", "grace")
    assert [(remark.by, remark.state) for remark in approved.remarks] == [
        ("ada", "proposed"),
        ("grace", "approved"),
    ]


@pytest.mark.parametrize(
    "moved",
    [
        lambda: COMPLETE.approved(by="grace"),
        lambda: COMPLETE.rejected(by="grace", remark="no"),
        lambda: COMPLETE.proposed(by="ada").proposed(by="ada"),
        lambda: COMPLETE.proposed(by="ada").approved(by="grace").rejected(by="linus", remark="no"),
    ],
)
def test_refuses_invalid_changes_of_state(moved: object) -> None:
    with pytest.raises(RequirementError, match="it cannot become"):
        moved()  # type: ignore[operator] # one of the lambdas above


def test_a_revision_is_a_draft_again() -> None:
    approved = COMPLETE.proposed(by="ada").approved(by="grace")
    revised = approved.revised(by="ada", minimum_rows=2000, remark="more")
    assert (revised.state, revised.minimum_rows) == ("draft", 2000)
    assert len(revised.remarks) == 3
    with pytest.raises(RequirementError, match="cannot change state"):
        approved.revised(by="ada", state="approved")


def test_a_requirement_survives_storage() -> None:
    rejected = COMPLETE.proposed(by="ada").rejected(by="grace", remark="too much")
    assert terrarium.DataRequirement.model_validate_json(rejected.model_dump_json()) == rejected


def test_the_markdown_contains_all_fields() -> None:
    page = COMPLETE.proposed(by="ada").rejected(by="grace", remark="a year is too long").markdown()
    for said in (
        "# Data requirement: telco.usage",
        "| state | rejected |",
        "| `minutes` | double | Of calls that day |",
        "- minutes is between 0 and 1440",
        "| freshness | at most 2 days, 0:00:00 old |",
        "grace: rejected: a year is too long",
    ):
        assert said in page
    assert "## Missing" not in page
