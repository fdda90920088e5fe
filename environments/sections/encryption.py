"""The section `encryption`."""

from typing import Annotated

from pydantic import Field

from environments.change import IN_PLACE
from environments.sections.section import Section

__all__ = ["Encryption"]


class Encryption(Section):
    """The customer-managed KMS key of the environment."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the key, and with it everything that the key encrypts. Required to be true
    while another section is protected. Defaults to the tier's value."""

    deletion_window_days: Annotated[int, Field(ge=7, le=30), IN_PLACE]
    """Days between the scheduling of the key's deletion and the deletion, which loses everything that it encrypts.
    Defaults to the tier's value."""
