"""Values assigned to names such as `api_key` or `password` that look like secrets."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

__all__ = ["assigned_secrets", "is_secret_name", "is_secret_value"]

_NAME: Final = (
    rb"(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?"
    rb"|(?:api|access|secret|private|auth|encryption|signing|account|subscription|master|shared)[_-]?key)"
)
_HINTS: Final = (b"pass", b"pwd", b"secret", b"token", b"credential", b"key")
# In code, JSON and TOML: `api_key: str = "..."`, `"token": "..."`, `password="..."`.
_QUOTED: Final = re.compile(
    rb"(?P<name>" + _NAME + rb")[\"']?(?:[ ]?:[ ]?[\w\[\]. |]{1,40}?)?[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}"
    rb"(?P<quote>[\"'])(?P<value>[^\"'\s]{6,512})(?P=quote)"
)
# In dotenv files, INI, YAML, of `export` and IPython's `%env`; at the beginning of a line of a patch, too.
_BARE: Final = re.compile(
    rb"(?m)^[ \t+-]{0,40}(?:export[ \t]+|%env[ \t]+)?[\w.-]{0,60}?(?P<name>"
    + _NAME
    + rb")[ \t]{0,3}[:=][ \t]{0,3}"
    rb"(?P<value>[a-z0-9+/_-]{16,512}={0,2})[ \t\r]*$"
)
_PLACEHOLDER: Final = re.compile(
    rb"(?i)[<{$%*]|\.\.\.|xxx|example|placeholder|changeme|change-me|dummy|redacted|your[_-]|^(?:test|fake|none|null|true|false)"
)
_IDENTIFIER: Final = re.compile(rb"[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# Shannon entropy in bits per character: English words have about 2.5 to 3, random hexadecimal digits 3.5 to 4.
_BITS: Final = 3.0
_GUESSABLE: Final = re.compile(rb"[A-Za-z]*")

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SECRET_WORDS: Final = {
    *("password", "passwd", "passphrase", "pwd", "secret", "token"),
    *("apikey", "credential", "credentials", "key"),
}
_SECRET_ENDS: Final = ("password", "passwd", "secret", "apikey")
# Words before `key` or `token` that make it the name of a column, or of a special token of a language model.
_DATA_KEYS: Final = {
    *(
        "primary",
        "foreign",
        "partition",
        "sort",
        "join",
        "group",
        "index",
        "cache",
        "row",
        "feature",
        "entity",
    ),
    *("label", "column", "dict", "lookup", "id", "text", "image", "target", "sample", "batch", "data"),
    *("pad", "eos", "bos", "unk", "sep", "cls", "mask", "special", "stop", "start", "end", "image", "prefix"),
}


def assigned_secrets(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the value of each secret begins and ends."""
    lower = (
        content.lower()
    )  # the patterns are of lower case, which is several times as fast as to ignore case
    if not any(hint in lower for hint in _HINTS):
        return
    for match in _QUOTED.finditer(lower):
        start, end = match.span("value")
        if is_secret_value(content[start:end], password=match["name"].startswith((b"pass", b"pwd"))):
            yield start, end
    for match in _BARE.finditer(lower):
        start, end = match.span("value")
        value = content[start:end]
        if not _IDENTIFIER.fullmatch(value) and is_secret_value(value, password=False):
            yield start, end


def is_secret_name(name: str) -> bool:
    """Return whether the value of an option, a parameter or a variable of this name is a secret by its name."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or not (words[-1] in _SECRET_WORDS or words[-1].endswith(_SECRET_ENDS)):
        return False
    return not (words[-1] in ("key", "token") and len(words) > 1 and words[-2] in _DATA_KEYS)


def is_secret_value(value: bytes, *, password: bool) -> bool:
    """Return whether the value of something with a secret's name is one, and no placeholder.

    Args:
        value: Without quotes.
        password: Whether a person made it up: then a digit or another sign is enough.
    """
    if _PLACEHOLDER.search(value) or re.search(rb"\s", value):
        return False
    return _is_password(value) if password else _looks_random(value)


def _looks_random(value: bytes) -> bool:
    """Return whether a value has letters, digits and an entropy that words do not have."""
    if len(value) < 12 or not re.search(rb"[0-9]", value) or not re.search(rb"[A-Za-z]", value):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares) >= _BITS


def _is_password(value: bytes) -> bool:
    """Return whether a value has a digit or a special character, as invented passwords do; `password` has neither."""
    return len(value) >= 6 and not _GUESSABLE.fullmatch(value) and not _IDENTIFIER.fullmatch(value)
