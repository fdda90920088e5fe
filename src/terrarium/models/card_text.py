"""A model card as Markdown and as HTML."""

from html import escape

from terrarium.models.card import CardSection, ModelCard

__all__ = ["card_html", "card_markdown"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .25rem .75rem;
border-bottom: 1px solid rgba(128, 128, 128, .3); overflow-wrap: anywhere; } tbody th { font-weight: 500; }
"""


def card_markdown(card: ModelCard) -> str:
    """Return the card as CommonMark with tables."""
    parts = [f"# {_inline(card.name)}"]
    if card.description:
        parts.append(_inline(card.description))
    for section in card.sections:
        parts.append(f"## {section.title}")
        if len(section.paragraphs) > 1:
            parts.append("\n".join(f"- {_inline(text)}" for text in section.paragraphs))
        else:
            parts.extend(map(_inline, section.paragraphs))
        if section.rows:
            parts.append(_table(section))
    return "\n\n".join(parts) + "\n"


def card_html(card: ModelCard) -> str:
    """Return the card as one self-contained HTML page. All text is escaped."""
    body = [f"<h1>{escape(card.name)}</h1>"]
    if card.description:
        body.append(f"<p>{escape(card.description)}</p>")
    for section in card.sections:
        body.append(f"<h2>{escape(section.title)}</h2>")
        body.extend(f"<p>{escape(text)}</p>" for text in section.paragraphs)
        if section.rows:
            body.append(_html_table(section))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(card.name)}</title>'
        f"<style>{_STYLE}</style>\n" + "\n".join(body) + "\n</html>\n"
    )


def _table(section: CardSection) -> str:
    width = len(section.rows[0])
    header = section.columns or ("",) * width
    lines = [header, ("---",) * width, *section.rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _html_table(section: CardSection) -> str:
    header = "".join(f"<th>{escape(name)}</th>" for name in section.columns)
    rows = "\n".join(
        f"<tr><th>{escape(first)}</th>{''.join(f'<td>{escape(value)}</td>' for value in rest)}</tr>"
        for first, *rest in section.rows
    )
    head = f"<thead><tr>{header}</tr></thead>" if header else ""
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _inline(text: str) -> str:
    # Text of users must not become markup: no HTML, heading, list or table.
    return escape(" ".join(text.split()), quote=False)


def _cell(text: str) -> str:
    return _inline(text).replace("|", "\\|")
