"""Parser for conditions and sort orders as text: a subset of Python's syntax. Nothing is evaluated."""

import ast
import re
from typing import NoReturn

from terrarium.arguments import checked
from terrarium.search._fields import ATTRIBUTES
from terrarium.search.condition import All, Any, Condition, Field, Kind, Not, Order
from terrarium.search.errors import SearchTextError

__all__ = ["parse_condition", "parse_order"]

_GROUPS = {kind.value: kind for kind in Kind if kind is not Kind.ATTRIBUTE}
_FORMS = (
    "metrics.roc_auc > 0.9 and (params.model == 'forest' or not tags.broken) and started >= '2026-01-31'; "
    f"fields are {', '.join(_GROUPS)}, each with .<name> or ['<name>'], and {', '.join(ATTRIBUTES)}; "
    "operators are == != < <= > >= in, and or not, like(field, 'for*')"
)


@checked
def parse_condition(text: str) -> Condition:
    """Parse a condition such as `metrics.roc_auc > 0.9 and not tags.broken`.

    Raises:
        SearchTextError: The text is not a condition.

    Example:
        >>> lab.experiments.search(parse_condition("metrics.roc_auc > 0.9 and params.model == 'forest'"))
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (RecursionError, MemoryError):  # raised by Python's parser
        return _refuse(text, "it is nested too deeply")
    except SyntaxError as error:
        # SyntaxError counts from 1.
        return _refuse(
            text,
            f"not understood at {text.strip()[max((error.offset or 1) - 1, 0) :]!r}",
            hint=_hint_for_sql(text),
        )
    return _Reader(text).condition(tree.body)


@checked
def parse_order(text: str) -> Order:
    """Parse a sort order such as `metrics.roc_auc desc`. The direction defaults to `asc`.

    Raises:
        SearchTextError: The text is not a sort order.

    Example:
        >>> lab.experiments.search(order_by=parse_order("metrics.roc_auc desc"))
    """
    field, _, direction = text.strip().rpartition(" ")
    if direction.lower() not in ("asc", "desc") or not field:
        field, direction = text.strip(), "asc"
    condition = parse_condition(field)
    if not isinstance(condition, Field):
        return _refuse(text, "a sort order is a field, then asc or desc")
    return Order(condition, descending=direction.lower() == "desc")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return All(tuple(map(self.condition, values)))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Any(tuple(map(self.condition, values)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.condition(operand))
            case ast.Compare(left=left, ops=operators, comparators=rights):
                lefts = [left, *rights[:-1]]
                parts = tuple(map(self._comparison, lefts, operators, rights))
                return parts[0] if len(parts) == 1 else All(parts)
            case ast.Call(
                func=ast.Name(id="like"), args=[field, ast.Constant(value=str(pattern))], keywords=[]
            ):
                return self._field(field).like(pattern)
            case _:
                return self._field(node)

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Condition:
        if not self._is_value(left):
            field, other = self._field(left), right
        else:  # 0.5 < metrics.roc_auc
            field, other = self._field(right), left
            mirrored = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
            operator = mirrored.get(type(operator), type(operator))()
        match operator:
            case ast.Eq():
                return field == self._value(other)
            case ast.NotEq():
                return field != self._value(other)
            case ast.Lt():
                return field < self._value(other)
            case ast.LtE():
                return field <= self._value(other)
            case ast.Gt():
                return field > self._value(other)
            case ast.GtE():
                return field >= self._value(other)
            case ast.In() if isinstance(other, ast.Tuple | ast.List):
                return field.is_in(map(self._value, other.elts))
            case ast.NotIn() if isinstance(other, ast.Tuple | ast.List):
                return Not(field.is_in(map(self._value, other.elts)))
            case _:
                return self._refuse(right)

    def _field(self, node: ast.expr) -> Field:
        match node:
            case ast.Name(id=name) if name in ATTRIBUTES:
                return ATTRIBUTES[name]
            case ast.Subscript(value=ast.Name(id=group), slice=ast.Constant(value=str(name))):
                pass
            case ast.Attribute():
                # A dotted name, such as tags.mlflow.user, is one name.
                group, _, name = ast.unparse(node).partition(".")
            case _:
                self._refuse(node)
        if group == "attributes" and name in ATTRIBUTES:
            return ATTRIBUTES[name]
        if group not in _GROUPS:
            self._refuse(node)
        return Field(_GROUPS[group], name)

    def _is_value(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant | ast.UnaryOp)

    def _value(self, node: ast.expr) -> str | float:
        match node:
            case ast.Constant(value=str() | int() | float() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case _:
                return self._refuse(node)

    def _refuse(self, node: ast.AST) -> NoReturn:
        _refuse(self._text, f"not understood at {ast.unparse(node)!r}")


def _hint_for_sql(text: str) -> str:
    """Return how to write the parts of `text` that are syntax of MLflow or SQL, or an empty text."""
    hints = {
        r"(?<![=!<>])=(?!=)": "= is written ==",
        r"`": "`name` is written ['name']",
        r"(?i)\b(i?like)\s+'": "name LIKE 'a%' is written like(name, 'a*')",
        r"<>": "<> is written !=",
        r"\b(AND|OR|NOT|IN)\b": "operators are lower case",
    }
    found = [hint for pattern, hint in hints.items() if re.search(pattern, text)]
    return f"{'; '.join(found)}. " if found else ""


def _refuse(text: str, problem: str, *, hint: str = "") -> NoReturn:
    raise SearchTextError(f"in {text!r}: {problem}", remedy=f"{hint}write it like {_FORMS}")
