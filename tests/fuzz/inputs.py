"""Strategies for almost valid texts: valid pieces that are cut, repeated, nested and damaged."""

from collections.abc import Sequence

from hypothesis import strategies as st

__all__ = ["any_text", "pieces", "spoilt"]

# Characters that parsers stumble over: NUL, lone surrogates, other alphabets' digits, combining and invisible ones.
_AWKWARD = "\0\t\n\r\x1b\x7f\x85\ud800\udfff\u2028\u200b\u0660\u0663\uff11\u0301\ufeff\U0001f389"


def any_text(longest: int = 40) -> st.SearchStrategy[str]:
    """Return texts of any characters, lone surrogates included."""
    awkward = st.text(st.sampled_from(_AWKWARD), max_size=3)
    plain = st.text(st.characters(exclude_categories=()), max_size=longest)
    return st.one_of(plain, st.tuples(plain, awkward, plain).map("".join))


def pieces(tokens: Sequence[str], *, most: int = 12) -> st.SearchStrategy[str]:
    """Return texts that are put together of tokens, some of any characters, and some nested deeply."""
    token = st.one_of(st.sampled_from(tokens), st.sampled_from(tokens), any_text(8))
    joined = st.lists(token, max_size=most).flatmap(
        lambda found: st.sampled_from(["", " "]).map(lambda between: between.join(found))
    )
    deep = st.tuples(st.sampled_from(tokens), st.sampled_from([10, 200, 3_000]), joined)
    nested = deep.map(lambda parts: parts[0] * parts[1] + parts[2])
    digits = st.tuples(joined, st.sampled_from([20, 400, 5_000]), joined)
    long_numbers = digits.map(lambda parts: parts[0] + "9" * parts[1] + parts[2])
    return st.one_of(joined, joined, joined, nested, long_numbers)


def spoilt(right: str, tokens: Sequence[str]) -> st.SearchStrategy[str]:
    """Return a right text in which up to three places are cut out, doubled or replaced."""
    place = st.integers(0, len(right))
    change = st.tuples(place, st.integers(0, 30), pieces(tokens, most=3), st.integers(1, 2))
    return st.lists(change, max_size=3).map(lambda changes: _changed(right, changes))


def _changed(text: str, changes: Sequence[tuple[int, int, str, int]]) -> str:
    for start, length, piece, times in changes:
        text = text[:start] + piece + text[start : start + length] * (times - 1) + text[start + length :]
    return text
