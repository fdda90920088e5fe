"""`Entity`: the kind of thing that features describe."""

from terrarium.features.definition.dtype import KeyDType
from terrarium.features.definition.model import Definition, Name

__all__ = ["Entity"]


class Entity(Definition):
    """The kind of thing that features describe, such as a customer. A view of pairs has two entities.

    Attributes:
        name: Name of the entity, such as `customer`.
        key: The column that identifies an entity, in tables and in entity rows, such as `customer_id`.
        dtype: Type of the key.
        description: Meaning of the entity.

    Example:
        >>> customer = Entity(name="customer", key="customer_id", dtype="long")
    """

    name: Name
    key: Name
    dtype: KeyDType = "long"
    description: str = ""
