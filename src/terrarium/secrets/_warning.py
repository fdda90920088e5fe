"""The warning that names omitted files."""

import warnings
from collections.abc import Mapping

__all__ = ["SecretsLeftOutWarning", "warn_left_out"]


class SecretsLeftOutWarning(UserWarning):
    """Something was not recorded, or not sent, since it holds secrets."""


def warn_left_out(what: str, reasons: Mapping[str, str]) -> None:
    """Warn that something was left out, once for the same text.

    Args:
        what: Of what, e.g. `the record of the run`.
        reasons: What was left out -> why.
    """
    if reasons:
        listed = ", ".join(f"{name} ({reason})" for name, reason in reasons.items())
        warnings.warn(
            f"secrets were left out of {what}: {listed}\n"
            "  -> name such files in .gitignore, and read secrets from variables or AWS Secrets Manager. What is no "
            "secret goes along with `pragma: allowlist secret` on its line",
            SecretsLeftOutWarning,
            stacklevel=2,
        )
