"""Parser and evaluation of SQL/JSON paths in lax and strict mode (Trino documentation, "JSON path language")."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from terrarium_sandbox.athena.scalar_functions.json_path_steps import (
    COMPARISONS,
    METHODS,
    Context,
    PathFailure,
    PathSyntaxError,
    Predicate,
    Step,
    binary,
    both,
    comparing,
    current,
    descendants,
    either,
    elements,
    exists,
    filtered,
    member,
    members,
    named,
    pairwise,
    starts_with,
    subscripted,
    unary,
)
from terrarium_sandbox.athena.scalar_functions.json_text import read_json

__all__ = ["PathFailure", "PathSyntaxError", "evaluate"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<text>\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>\.\.|&&|\|\||==|!=|<>|<=|>=|[$@.\[\](){}*?!<>+\-/%,]))"
)


def evaluate(path: str, value: Any, passed: dict[str, Any]) -> list[Any]:
    """Return the items that a path finds in a value.

    Raises:
        PathFailure: A structural or another error occurred.
        PathSyntaxError: The path cannot be parsed.
    """
    lax, step = _read(path)
    return step(Context(value, passed, lax=lax))


@lru_cache(maxsize=256)
def _read(path: str) -> tuple[bool, Step]:
    reader = _Parser(path)
    mode = reader.name()
    if mode not in {"lax", "strict"}:
        raise PathSyntaxError(f"a JSON path must start with lax or strict: {path}")
    step = reader.expression()
    reader.end()
    return mode == "lax", step


class _Parser:
    """Recursive-descent parser. Each method returns a step or predicate to evaluate."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(path.rstrip()):
            match = _TOKEN.match(path, position)
            if match is None:
                raise PathSyntaxError(f"cannot parse the JSON path at {path[position:]!r}: {path}")
            kind = str(match.lastgroup)
            self._tokens.append((kind, match[kind]))
            position = match.end()
        self._at = 0

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ("end", "")

    def _take(self, sign: str) -> bool:
        if self._peek()[1] == sign and self._peek()[0] in {"sign", "name"}:
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise PathSyntaxError(
                f"expected {sign!r} before {self._peek()[1]!r} in the JSON path: {self._path}"
            )

    def name(self) -> str:
        kind, text = self._peek()
        if kind != "name":
            raise PathSyntaxError(f"expected a name before {text!r} in the JSON path: {self._path}")
        self._at += 1
        return text

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise PathSyntaxError(f"cannot parse {self._peek()[1]!r} in the JSON path: {self._path}")

    def expression(self) -> Step:
        left = self._product()
        while self._peek()[1] in {"+", "-"} and self._peek()[0] == "sign":
            left = binary(self._next(), left, self._product())
        return left

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _product(self) -> Step:
        left = self._signed()
        while self._peek() in {("sign", "*"), ("sign", "/"), ("sign", "%")}:
            left = binary(self._next(), left, self._signed())
        return left

    def _signed(self) -> Step:
        if self._take("+"):
            return unary(self._signed(), lambda number: number)
        if self._take("-"):
            return unary(self._signed(), lambda number: -number)
        return self._accessors(self._primary())

    def _primary(self) -> Step:
        kind, text = self._peek()
        if self._take("("):
            inner = self.expression()
            self._expect(")")
            return inner
        if self._take("$"):
            following = self._peek()
            if following[0] == "name":
                self._at += 1
                return named(following[1])
            return lambda context: [context.root]
        self._at += 1
        if text == "@":
            return current
        if kind in {"number", "text"}:
            literal = read_json(text)
            return lambda _: [literal]
        if text in {"true", "false", "null"}:
            constant = {"true": True, "false": False, "null": None}[text]
            return lambda _: [constant]
        if text == "last":
            return lambda context: [Decimal(context.last)]
        raise PathSyntaxError(f"cannot parse {text!r} in the JSON path: {self._path}")

    def _accessors(self, step: Step) -> Step:
        while True:
            if self._take(".."):
                step = descendants(step, self._key())
            elif self._take("."):
                step = self._member(step)
            elif self._take("["):
                step = self._subscripts(step)
            elif self._take("?"):
                self._expect("(")
                predicate = self._disjunction()
                self._expect(")")
                step = filtered(step, predicate)
            else:
                return step

    def _key(self) -> str:
        kind, text = self._peek()
        self._at += 1
        if kind == "name":
            return text
        if kind == "text":
            return str(read_json(text))
        raise PathSyntaxError(f"expected a key before {text!r} in the JSON path: {self._path}")

    def _member(self, step: Step) -> Step:
        if self._take("*"):
            return members(step)
        is_method = self._peek()[0] == "name" and self._peek(1) == ("sign", "(")
        key = self._key()
        if not is_method:
            return member(step, key)
        self._expect("(")
        self._expect(")")
        if key not in METHODS:
            raise PathSyntaxError(f"the sandbox's JSON paths have no {key}(): {self._path}")
        return METHODS[key](step)

    def _subscripts(self, step: Step) -> Step:
        if self._take("*"):
            self._expect("]")
            return elements(step)
        ranges: list[tuple[Step, Step | None]] = []
        while True:
            first = self.expression()
            ranges.append((first, self.expression() if self._take("to") else None))
            if not self._take(","):
                break
        self._expect("]")
        return subscripted(step, ranges)

    def _disjunction(self) -> Predicate:
        left = self._conjunction()
        while self._take("||"):
            left = either(left, self._conjunction())
        return left

    def _conjunction(self) -> Predicate:
        left = self._negation()
        while self._take("&&"):
            left = both(left, self._negation())
        return left

    def _negation(self) -> Predicate:
        if self._take("!"):
            inner = self._negation()
            return lambda context: None if (value := inner(context)) is None else not value
        if self._peek()[1] == "exists" and self._peek(1) == ("sign", "("):
            self._at += 2
            path = self.expression()
            self._expect(")")
            return exists(path)
        if self._peek() == ("sign", "("):
            begin = self._at
            try:
                return self._parenthesized()
            except PathSyntaxError:
                self._at = begin  # it is a parenthesized path
        return self._comparison()

    def _parenthesized(self) -> Predicate:
        self._expect("(")
        inner = self._disjunction()
        self._expect(")")
        if self._take("is"):
            self._expect("unknown")
            return lambda context: inner(context) is None
        if self._peek()[1] in {*COMPARISONS, "+", "-", "*", "/", "%", ".", "[", "starts"}:
            raise PathSyntaxError(self._path)
        return inner

    def _comparison(self) -> Predicate:
        left = self.expression()
        if self._take("starts"):
            self._expect("with")
            return pairwise(left, self.expression(), starts_with)
        kind, sign = self._peek()
        if kind != "sign" or sign not in COMPARISONS:
            raise PathSyntaxError(f"expected a comparison before {sign!r} in the JSON path: {self._path}")
        self._at += 1
        return pairwise(left, self.expression(), comparing(sign))
