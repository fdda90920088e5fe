"""The fields of an environment's file, with what each declares, and the fields in which two configurations differ."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from environments.change import Change, change_between
from environments.model import Environment
from environments.sections.section import Section

__all__ = ["ChangedField", "DeclaredField", "changed_fields", "declared_fields"]

# A field that the deployed release did not have, and its default.
_EMPTY: tuple[Any, ...] = (None, [], {})


class DeclaredField(NamedTuple):
    """A field of the file.

    Attributes:
        path: Its path, such as `network.cidr`. Fields of listed sections contain `*`: `compute.pools.*.nodes`.
        section: The model that contains it.
        name: Its name in that model.
        changes: What it declares about changes.
        items: The model of its items, if it lists sections.
    """

    path: str
    section: type[BaseModel]
    name: str
    changes: tuple[Change, ...]
    items: type[BaseModel] | None


class ChangedField(NamedTuple):
    """A field in which two configurations differ.

    Attributes:
        path: Its path. Items of listed sections have their names: `compute.pools.cpu.nodes`.
        old: Its deployed value, as JSON; None if it had none. Of listed sections, their names.
        new: Its new value.
        change: How the change is applied.
    """

    path: str
    old: Any
    new: Any
    change: Change


def declared_fields(model: type[BaseModel] = Environment, prefix: str = "") -> Iterator[DeclaredField]:
    """Yield the fields of the file in the order of the models; those of sections after the fields beside them."""
    sections = []
    for name, field in model.model_fields.items():
        path, section = f"{prefix}{name}", _section_in(field.annotation)
        listed = _is_list(field.annotation)
        if section is not None:
            sections.append((section, f"{path}.*." if listed else f"{path}."))
        if section is None or listed:
            yield DeclaredField(path, model, name, _declared(field), section)
    for section, inner in sections:
        yield from declared_fields(section, inner)


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ChangedField, ...]:
    """Return the fields in which two configurations differ.

    Args:
        old: The deployed configuration, as `model_dump(mode="json", exclude_none=True)` returns it. Fields that this
            release does not know are ignored.
        new: The new configuration, in the same form.
    """
    return tuple(_changed_in(Environment, "", old, new))


def _changed_in(
    model: type[BaseModel], prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[ChangedField]:
    for name, field in model.model_fields.items():
        path, section = f"{prefix}{name}", _section_in(field.annotation)
        changes = _declared(field)
        before, after = old.get(name), new.get(name)
        if section is None:
            if before != after and not (before in _EMPTY and after in _EMPTY):
                change = change_between(before, after, changes, sections=(old, new))
                yield ChangedField(path, before, after, change)
        elif _is_list(field.annotation):
            was, will_be = _by_name(before), _by_name(after)
            if list(was) != list(will_be):
                change = change_between(list(was), list(will_be), changes, sections=(old, new))
                yield ChangedField(path, list(was), list(will_be), change)
            for item in (item for item in will_be if item in was):
                yield from _changed_in(section, f"{path}.{item}.", was[item], will_be[item])
        else:
            yield from _changed_in(section, f"{path}.", before or {}, after or {})


def _declared(field: FieldInfo) -> tuple[Change, ...]:
    return tuple(one for one in field.metadata if isinstance(one, Change))


def _by_name(items: Any) -> dict[str, Mapping[str, Any]]:
    return {item["name"]: item for item in items or ()}


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds or lists."""
    candidates = get_args(annotation) if _is_list(annotation) else (annotation,)
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, Section)), None)


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is tuple
