"""Intrinsic functions of Amazon States Language that moto parses or evaluates differently.

Source: Amazon States Language specification, "Intrinsic Functions"; AWS Step Functions Developer Guide, "Intrinsics for
JSONPath state machines".
"""

import base64
import json
import re
from typing import Any

from moto.stepfunctions.parser.asl.component.intrinsic.argument.argument import ArgumentLiteral
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.encoding_decoding import (
    base_64_decode,
    base_64_encode,
)
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.generic.string_format import (
    StringFormat,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.intrinsic import intrinsic_parser
from moto.stepfunctions.parser.asl.parse.intrinsic.preprocessor import Preprocessor

from terrarium_sandbox.patches import patch

__all__ = ["install_intrinsics"]

_PATH = r"""\$(?:\[(?:'(?:[^'\\]|\\.)*'|[^\]])*\]|[^\s,()\[\]])*"""
_LITERAL = r"'(?:[^'\\]|\\.)*'"
_TOKENS = re.compile(rf"(?P<path>{_PATH})|(?P<literal>{_LITERAL})|(?P<null>\bnull\b)", re.DOTALL)
_MARK = "\ue000"  # of the private use area
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLACE = re.compile(r"\\(?P<escaped>.)|(?P<place>\{\})", re.DOTALL)


class _Literal(ArgumentLiteral):
    """A literal that knows its source text, without apostrophes; None for null."""

    def __init__(self, written: str | None) -> None:
        super().__init__(definition_value=written and _ESCAPED.sub(r"\1", written))
        self.written = written


class _Literals(Preprocessor):
    """Inserts the literals that were cut out of the text: moto's lexer loses escapes and null in them.

    Args:
        literals: Their source texts, without apostrophes; None for null.
    """

    def __init__(self, literals: list[str | None]) -> None:
        super().__init__()
        self._literals = literals

    def visitFunc_arg_string(self, ctx: Any) -> ArgumentLiteral:  # noqa: N802 - the parser's name
        return _Literal(self._literals[int(ctx.STRING().getText()[1:-1].removeprefix(_MARK))])


def install_intrinsics() -> None:
    """Correct how moto parses and evaluates intrinsic functions."""
    patch(
        intrinsic_parser.IntrinsicParser,
        "parse",
        staticmethod(_parse),
        reason="moto's lexer loses escapes and null in literals.",
    )
    patch(
        StringFormat,
        "_eval_body",
        _format,
        reason="moto's States.Format uses Python's format strings, and does not know escaped braces.",
    )
    patch(
        base_64_encode.Base64Encode,
        "_eval_body",
        _encode,
        reason="moto's States.Base64Encode fails for text outside ASCII.",
    )
    patch(
        base_64_decode.Base64Decode,
        "_eval_body",
        _decode,
        reason="moto's States.Base64Decode fails for text outside ASCII.",
    )


def _parse(src: str) -> tuple[Any, Any]:
    literals: list[str | None] = []

    def cut_out(match: re.Match[str]) -> str:
        if match["path"]:
            return match["path"]
        literals.append(match["literal"][1:-1] if match["literal"] else None)
        return f"'{_MARK}{len(literals) - 1}'"

    text = _TOKENS.sub(cut_out, _unescaped(src))
    parser: Any = intrinsic_parser  # it has ANTLR's classes, which are not typed
    tokens = parser.CommonTokenStream(parser.ASLIntrinsicLexer(parser.InputStream(text)))
    tree = parser.ASLIntrinsicParser(tokens).func_decl()
    return _Literals(literals).visit(tree), tree


def _unescaped(text: str) -> str:
    """Undo the escapes of JSON: moto passes the text as it is in the definition."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _format(self: StringFormat, env: Environment) -> None:
    self.argument_list.eval(env=env)
    template, *values = env.stack.pop()
    first = self.argument_list.arguments[0]
    written: Any = first.written if isinstance(first, _Literal) else template
    left = iter(map(StringFormat._to_str_repr, values))

    def filled(match: re.Match[str]) -> str:
        if match["place"]:
            return next(left, "{}")
        # Only literals have escapes, not values of paths and functions.
        return match["escaped"] if written is not template else match[0]

    env.stack.append(_PLACE.sub(filled, written))


def _encode(self: base_64_encode.Base64Encode, env: Environment) -> None:
    env.stack.append(base64.b64encode(_argument(self, env).encode()).decode())


def _decode(self: base_64_decode.Base64Decode, env: Environment) -> None:
    env.stack.append(base64.b64decode(_argument(self, env)).decode())


def _argument(self: Any, env: Environment) -> str:
    self.argument_list.eval(env=env)
    text: str = env.stack.pop().pop()
    if len(text) > self.MAX_INPUT_CHAR_LEN:
        raise ValueError(f"Maximum input string is {self.MAX_INPUT_CHAR_LEN} characters, but got {len(text)}")
    return text
