"""Command lines without the secrets in them."""

from collections.abc import Sequence

from terrarium.secrets._assigned import is_secret_name
from terrarium.secrets._finding import REDACTED, redact

__all__ = ["redact_arguments"]


def redact_arguments(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Replace the values of options such as `--api-key`, and tokens anywhere, by `***`.

    Returns:
        The arguments, and what was left out: the names of options, or kinds of tokens.
    """
    kept: list[str] = []
    left_out: list[str] = []
    awaited: str | None = None  # an option whose value is the next argument
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if awaited is not None and not argument.startswith("--"):
            kept.append(REDACTED)
            left_out.append(awaited)
            awaited = None
            continue
        awaited = None
        if equals and value and is_secret_name(option):
            kept.append(f"{option}={REDACTED}")
            left_out.append(option)
            continue
        if option.startswith("-") and not equals and is_secret_name(option):
            awaited = option
        text, secrets = redact(argument)
        kept.append(text)
        left_out += [secret.kind for secret in secrets]
    return tuple(kept), tuple(dict.fromkeys(left_out))
