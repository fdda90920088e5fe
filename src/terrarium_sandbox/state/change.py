"""Change of moto's state: the value of a part of a backend after a request."""

from dataclasses import dataclass
from typing import Any

from terrarium_sandbox.state.touched_backends import BackendKey, find_registry

__all__ = ["ABSENT", "Change", "Shell"]


class _Absent:
    """The value of a part that was removed."""

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True)
class Shell:
    """An object without its large parts, whose changes are recorded separately.

    Attributes:
        kind: The class.
        attributes: The other attributes.
        parts: The large parts, empty: for a new object.
    """

    kind: type
    attributes: dict[str, Any]
    parts: dict[str, Any]

    @classmethod
    def of(cls, whole: Any, *parts: str) -> "Shell":
        """Return the shell of an object with these parts."""
        held = vars(whole)
        return cls(
            type(whole),
            {name: value for name, value in held.items() if name not in parts},
            {name: type(held[name])() for name in parts},
        )

    def put_on(self, found: Any) -> Any:
        """Return the object: `found` with these attributes, or a new one if that is ABSENT."""
        if found is ABSENT:
            found = object.__new__(self.kind)
            vars(found).update(self.parts)
        kept = {name: vars(found)[name] for name in self.parts}
        vars(found).clear()
        vars(found).update(self.attributes, **kept)
        return found


@dataclass(frozen=True)
class Change:
    """The value at one path of a backend.

    Attributes:
        backend: The backend; with `of_registry`, its registry.
        path: The name of an attribute, then keys of dictionaries; empty for all attributes.
        value: The value; ABSENT if the path does not exist any more.
        of_registry: Whether the path begins at the registry of the service.
    """

    backend: BackendKey
    path: tuple[Any, ...]
    value: Any
    of_registry: bool = False

    def apply(self) -> None:
        """Set the value."""
        root = find_registry(self.backend.service) if self.of_registry else self.backend.find()
        if not self.path:
            vars(root).clear()
            vars(root).update(self.value)
            return
        *steps, last = self.path
        container: Any = vars(root)
        for step in steps:
            if isinstance(container, dict) and step in dict.keys(container):
                container = dict.__getitem__(container, step)
            else:  # an attribute of a model, or a value that a later change removed
                container = vars(container).get(step) if hasattr(container, "__dict__") else None
            if container is None:
                return
        if not isinstance(container, dict):
            container = vars(container)
        # moto's subclasses of dict would append a version, or dispose of one.
        if self.value is ABSENT:
            dict.pop(container, last, None)
        elif isinstance(self.value, Shell):
            dict.__setitem__(container, last, self.value.put_on(dict.get(container, last, ABSENT)))
        else:
            dict.__setitem__(container, last, self.value)
