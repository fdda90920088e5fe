"""Remedies of Terraform's errors: what an operator does next."""

import re
from typing import Final

__all__ = ["remedy_of"]

# The first pattern that an error contains decides. `{environment}` is the environment's name.
_REMEDIES: Final = (
    (
        r"ExpiredToken|ExpiredTokenException|RequestExpired|No valid credential sources|InvalidClientTokenId",
        "use valid credentials of the environment's account, and run it again",
    ),
    (
        r"NoSuchBucket|S3 bucket .* does not exist",
        "create the bucket of Terraform's state: terrarium bootstrap {environment}",
    ),
    (
        r"Error acquiring the state lock",
        "wait until the other deployment has ended; if it was interrupted: terrarium recover {environment}",
    ),
    (
        r"[Uu]nsupported state file format|does not have the expected content|Error (loading|refreshing) state"
        r"|Failed to (load|read) state",
        "the state is damaged; restore it: terrarium recover {environment}",
    ),
    (
        r"is deployed already, but the state",
        "find out what is missing in the state, and change nothing yet: terrarium recover {environment} --dry-run",
    ),
    (
        r"EntityAlreadyExists|AlreadyExistsException|ResourceInUseException|AlreadyExistsFault|AlreadyOwnedByYou"
        r"|ResourceAlreadyExists|already exists",
        "a resource exists in the account and not in the state; import it: terrarium recover {environment}",
    ),
)


def remedy_of(printed: str, *, environment: str) -> str:
    """Return the remedy of an error that Terraform printed."""
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, printed):
            return remedy.format(environment=environment)
    return "fix the error above, and run it again"
