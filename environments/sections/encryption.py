"""The section `encryption`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Section

__all__ = ["Encryption"]


class Encryption(Section):
    """The customer-managed KMS key of the environment."""

    deletion_window_days: Annotated[int, Field(ge=7, le=30)]
    """Days between scheduling the key's deletion and losing everything it encrypts. Omitted: by tier."""
