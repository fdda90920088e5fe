"""`Entity`: what features are about."""

from terrarium.features.definition.dtype import KeyDType
from terrarium.features.definition.model import Definition, Name

__all__ = ["Entity"]


class Entity(Definition):
    """What features are about, e.g. a customer; a view about pairs of things has two.

    Attributes:
        name: E.g. `customer`.
        key: The column that tells one from another, in tables and in entity rows, e.g. `customer_id`.
        dtype: Of the key.
        description: What it stands for.
    """

    name: Name
    key: Name
    dtype: KeyDType = "long"
    description: str = ""
