"""Contents and format of model cards."""

from html.parser import HTMLParser

from terrarium.models.card import ModelCard
from terrarium.models.card_text import card_html, card_markdown
from terrarium.record import RunRecord
from tests.unit.record.examples import RECORD, USE_CASE


def card(record: RunRecord = RECORD, *, description: str = "") -> ModelCard:
    return ModelCard.of("churn", description=description, record=record, signature=None)


def test_it_has_every_section_and_what_decides() -> None:
    text = card_markdown(card(description="The first one."))
    assert text.startswith("# churn\n\nThe first one.\n")
    for section in (
        "Use case",
        "Data",
        "Model",
        "Hyperparameters",
        "Evaluation",
        "Code",
        "Environment",
        "Limitations",
    ):
        assert f"\n## {section}\n" in text
    for fact in (
        USE_CASE.business_impact,
        "Split strategy: random, seed 7.",
        "| train | telco.customers | 100 | 7 |",
        "resnet50",
        "Selected from 1 trial of optuna's TPESampler; trial 0 was the best.",
        "| depth | 3 |",
        "| roc_auc | 0.9 | 0.141 | 2 |",
        "Procedure: Nested(outer=KFold(folds=5, shuffle=True, seed=1, repeats=1), inner=TimeSeries(folds=5, gap=2)).",
        "1" * 40,
        "CPython 3.11.7",
        "roc_auc 0.9 reaches the satisfactory value 0.9.",
        "No test set was held out",
    ):
        assert fact in text, fact


def test_what_is_not_on_record_is_said_to_be_missing() -> None:
    text = card_markdown(card(RunRecord(run="0" * 32, experiment="churn")))
    assert "## Use case\n\nNot stated." in text
    assert "## Evaluation\n\nNo metrics recorded." in text


def test_what_people_wrote_cannot_become_markup() -> None:
    nasty = USE_CASE.model_copy(update={"business_impact": "<script>alert(1)</script> | a\n# heading"})
    given = card(RECORD.model_copy(update={"use_case": nasty}), description="<b>bold</b>\n\n# heading")
    markdown, page = card_markdown(given), card_html(given)
    assert "<script>" not in markdown + page
    assert "<b>" not in markdown + page
    assert "\n# heading" not in markdown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\| a # heading" in markdown


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    class Reader(HTMLParser):
        open_tags: list[str]

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            assert not {name for name, _ in attributes} & {"src", "href"}
            if tag != "meta":
                self.open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open_tags.pop() == tag

    reader = Reader()
    reader.open_tags = []
    reader.feed(card_html(card()))
    assert reader.open_tags == []


def test_the_same_record_makes_the_same_card() -> None:
    assert card_markdown(card()) == card_markdown(
        card(RunRecord.model_validate_json(RECORD.model_dump_json()))
    )
