"""Check of values against botocore's models of the operations that create a resource.

The models have required members, lengths, ranges, patterns and enums; `documentation.py` reads more constraints from
sentences of a fixed form.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from botocore.model import StructureShape
from botocore.session import Session

from policies.aws.values.constraints import Constraints, Fault
from policies.aws.values.declared import Declared
from policies.aws.values.problem import Problem
from policies.aws.values.shape import ApiShape
from policies.aws.values.translation import Names, Path, Translated, translate

__all__ = ["ApiCheck"]

_TAGS = {
    "TagList",
    "TagSpecifications",
    "Tags",
    "TagsList",
    "tags",
}  # the names of tags in the services' models


class ApiCheck:
    """Validates the arguments of resources as parameters of the operations that create them.

    Args:
        today: The day for which withdrawn values are refused.
    """

    def __init__(self, *, today: date) -> None:
        self._model = cache(Session().get_service_model)
        self._today = today

    def problems(self, declared: Sequence[Declared]) -> Iterator[Problem]:
        """Yield the values that the model of an operation refuses; each once, even if several models refuse it."""
        for one in declared:
            found: dict[tuple[str, str], Problem] = {}
            for position, operation in enumerate(one.counterpart.operations):
                translated = self.translation(one, operation)
                for fault in self._faults(translated, operation):
                    if fault.rule == "api-required" and position > 0 and not fault.path:
                        continue  # the provider adds required members of later operations by itself
                    place = f"{operation}{_shown(fault.path)}"
                    argument = translated.source(fault.path)
                    problem = Problem(one.resource, argument, fault.rule, f"{fault.message} ({place})")
                    found.setdefault((argument, fault.message), problem)
            yield from found.values()

    def accepted(self, declared: Sequence[Declared]) -> set[tuple[str, str]]:
        """Return the values that conform to an enum, a pattern or a character set of a model.

        Returns:
            Pairs of the logical id of the resource and the argument.
        """
        accepted = set()
        for one in declared:
            for operation in one.counterpart.operations:
                translated = self.translation(one, operation)
                refused = {fault.path for fault in self._faults(translated, operation)}
                stated = self._constraints(operation).stated(translated.value, self._input(operation))
                accepted |= {
                    (one.resource.id, translated.source(path)) for path in stated if path not in refused
                }
        return accepted

    def translation(self, one: Declared, operation: str) -> Translated:
        """Return the arguments of a resource as parameters of an operation."""
        shape = ApiShape(self._input(operation))
        arguments = dict(one.arguments)
        renames = dict(one.counterpart.api)
        if "TagSpecifications" in shape.members:
            renames.setdefault("tags", "TagSpecifications.0.Tags")
        if one.default_tags and _TAGS & set(shape.members):
            arguments["tags"] = {**one.default_tags, **(arguments.get("tags") or {})}
        names = Names(
            renames=renames,
            prefix=one.counterpart.cloudformation.rpartition("::")[2],
            within=one.counterpart.within,
            constants=one.counterpart.constants,
        )
        return translate(arguments, shape, names=names)

    def _faults(self, translated: Translated, operation: str) -> Iterator[Fault]:
        return self._constraints(operation).faults(translated.value, self._input(operation))

    def _constraints(self, operation: str) -> Constraints:
        return Constraints(operation.partition(".")[0], today=self._today)

    def _input(self, operation: str) -> StructureShape:
        service, _, name = operation.partition(".")
        shape = self._model(service).operation_model(name).input_shape
        assert isinstance(shape, StructureShape)  # noqa: S101 - each of the named operations takes parameters
        return shape


def _shown(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f", {text.removeprefix('.')}" if text else ""
