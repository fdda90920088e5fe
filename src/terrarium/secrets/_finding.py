"""Search for secrets in text, and redaction."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from terrarium.secrets._assigned import assigned_secrets, is_secret_name, is_secret_value
from terrarium.secrets._patterns import tokens_in

__all__ = ["REDACTED", "Secret", "find_secrets", "redact", "redact_bytes", "redact_values"]

REDACTED: Final = "***"
_ASSIGNED: Final = "secret value"
# The mark of detect-secrets: nothing on its line is a secret. trufflehog and others have similar ones.
_ALLOWED: Final = re.compile(rb"pragma: ?allowlist secret")


class Secret(NamedTuple):
    """Location of a secret.

    Attributes:
        kind: E.g. `GitHub token`.
        start: Of its first byte.
        end: Of the byte after its last.
        line: From 1.
    """

    kind: str
    start: int
    end: int
    line: int


def find_secrets(content: bytes) -> list[Secret]:
    """Return the secrets in some content, from its beginning to its end; none overlaps another.

    A line that holds `pragma: allowlist secret` has none.
    """
    found = list(tokens_in(content))
    found += [(start, end, _ASSIGNED) for start, end in assigned_secrets(content)]
    secrets: list[Secret] = []
    marked = bool(_ALLOWED.search(content))
    line, at = 1, 0
    for start, end, kind in sorted(found):
        if secrets and start < secrets[-1].end:
            last = secrets[-1]
            secrets[-1] = last._replace(end=max(last.end, end))
        elif not (marked and _is_allowed(content, start)):
            line, at = line + content.count(b"\n", at, start), start
            secrets.append(Secret(kind, start, end, line))
    return secrets


def redact_bytes(content: bytes) -> tuple[bytes, list[Secret]]:
    """Replace each secret by `***`; return the new content and the secrets."""
    secrets = find_secrets(content)
    pieces, at = [], 0
    for secret in secrets:
        pieces += [content[at : secret.start], REDACTED.encode()]
        at = secret.end
    return b"".join([*pieces, content[at:]]), secrets


def redact(text: str) -> tuple[str, list[Secret]]:
    """Replace each secret of a text by `***`; return the new text and the secrets."""
    content, secrets = redact_bytes(text.encode("utf-8", errors="surrogatepass"))
    return content.decode("utf-8", errors="surrogatepass") if secrets else text, secrets


def redact_values(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Replace the secrets among named values, e.g. parameters, by `***`.

    Returns:
        The values, and name -> kind of what was replaced.
    """
    kept: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for name, value in values.items():
        kept[name], secrets = redact(value)
        if secrets:
            replaced[name] = secrets[0].kind
        elif is_secret_name(name) and is_secret_value(
            value.encode("utf-8", errors="surrogatepass"), password="pass" in name.lower()
        ):
            kept[name], replaced[name] = REDACTED, _ASSIGNED
    return kept, replaced


def _is_allowed(content: bytes, at: int) -> bool:
    begin, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
    return bool(_ALLOWED.search(content[begin : end if end >= 0 else len(content)]))
