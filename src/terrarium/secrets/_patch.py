"""Patches without the files that hold secrets."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from terrarium.secrets._file_names import is_secret_file
from terrarium.secrets._finding import find_secrets

__all__ = ["secret_reason", "without_secret_files"]

# Lines of hunks begin with a space, a sign or a backslash, and those of binary data with a letter and base 85 without
# spaces: a file's section begins nowhere else.
_SECTION: Final = re.compile(rb"^diff --git ", re.MULTILINE)
_NAMES: Final = (
    re.compile(rb"^\+\+\+ \"?b/(.+?)\"?\t?$", re.MULTILINE),
    re.compile(rb"^--- \"?a/(.+?)\"?\t?$", re.MULTILINE),
    re.compile(rb"^rename to \"?(.+?)\"?$", re.MULTILINE),
)


def without_secret_files(patch: bytes, *, texts: Sequence[bytes] = ()) -> tuple[bytes, dict[str, str]]:
    """Remove files with secrets, in their names or changes, from a patch of `git diff`.

    What is left applies: files depend on each other in no patch.

    Args:
        patch: As `git diff` writes it.
        texts: Further secrets, which no pattern finds.

    Returns:
        The patch, and file -> why it was left out.
    """
    kept: list[bytes] = []
    left_out: dict[str, str] = {}
    for section in _sections(patch):
        name = _name(section)
        reason = secret_reason(name, b"" if b"\nGIT binary patch\n" in section else section)
        if reason is None and any(text in section for text in texts):
            reason = "a named secret in it"
        if reason is None:
            kept.append(section)
        else:
            left_out[name] = reason
    return b"".join(kept), left_out


def secret_reason(name: str, content: bytes) -> str | None:
    """Return why a file is not recorded: its name, or the first secret in it; None if it may be."""
    if is_secret_file(name):
        return "its name"
    secrets = find_secrets(content)
    return f"{secrets[0].kind} in it" if secrets else None


def _sections(patch: bytes) -> Iterator[bytes]:
    starts = [match.start() for match in _SECTION.finditer(patch)]
    for start, end in pairwise([*starts, len(patch)]):
        yield patch[start:end]


def _name(section: bytes) -> str:
    header, _, rest = section.partition(b"\n")
    for pattern in _NAMES:
        match = pattern.search(rest)
        if match:
            return match[1].decode(errors="replace")
    # `a/NAME b/NAME`: neither new nor old name elsewhere, so that both are the same.
    names = header.removeprefix(b"diff --git ").replace(b'"', b"")
    return names[2 : (len(names) - 1) // 2].decode(errors="replace")
