"""sqlglot dialect for Athena's SQL that keeps function calls as name and arguments.

sqlglot's own dialect maps functions to universal nodes and drops parts that these cannot represent (the mode of a JSON
path, a finish function). The translation needs the original call, because it defines the semantics of each function of
Trino.
"""

from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.athena import Athena
from sqlglot.dialects.trino import Trino
from sqlglot.parsers.athena import AthenaParser, AthenaTrinoParser
from sqlglot.tokenizer_core import TokenType

__all__ = ["AthenaSql", "JsonEntry", "JsonFunction"]

# Functions with special syntax (Trino documentation, "Functions and operators").
_SPECIAL_SYNTAX = frozenset(
    {"CAST", "TRY_CAST", "EXTRACT", "LISTAGG", "NORMALIZE", "POSITION", "SUBSTRING", "TRIM"}
)


class JsonFunction(exp.Expression, exp.Func):
    """A call of an SQL/JSON function: json_value, json_query, json_exists, json_array or json_object.

    `name` is the function. `on_empty` and `on_error` are a keyword, or an expression after DEFAULT.
    """

    arg_types: ClassVar = {
        "name": True,
        "this": False,
        "path": False,
        "entries": False,
        "passing": False,
        "returning": False,
        "wrapper": False,
        "quotes": False,
        "nulls": False,
        "unique": False,
        "on_empty": False,
        "on_error": False,
    }


class JsonEntry(exp.Expression, exp.Func):
    """An argument of a JSON function, with its name or key, and whether it is JSON text (FORMAT JSON)."""

    arg_types: ClassVar = {"this": True, "key": False, "is_json": False}


class _QueryParser(AthenaTrinoParser):
    FUNCTIONS: ClassVar = {}
    SUBQUERY_TOKENS: ClassVar = {*AthenaTrinoParser.SUBQUERY_TOKENS, TokenType.VALUES}
    FUNCTION_PARSERS: ClassVar = {
        **{
            name: parse
            for name, parse in AthenaTrinoParser.FUNCTION_PARSERS.items()
            if name in _SPECIAL_SYNTAX
        },
        "JSON_VALUE": lambda self: self._parse_json_path_function("json_value"),
        "JSON_QUERY": lambda self: self._parse_json_path_function("json_query"),
        "JSON_EXISTS": lambda self: self._parse_json_path_function("json_exists"),
        "JSON_ARRAY": lambda self: self._parse_json_constructor("json_array"),
        "JSON_OBJECT": lambda self: self._parse_json_constructor("json_object"),
    }

    TYPE_LITERAL_PARSERS: ClassVar = {
        **AthenaTrinoParser.TYPE_LITERAL_PARSERS,
        exp.DType.DECIMAL: lambda self, this, to: self._parse_decimal_literal(this, to),
    }

    def _parse_decimal_literal(self, this: exp.Expr, kind: exp.DataType) -> exp.Cast:
        """Parse a decimal literal. `DECIMAL '1.50'` has the precision and scale of its digits."""
        if not kind.expressions:
            whole, _, fraction = this.name.lstrip("+-").partition(".")
            precision = max(len(whole.lstrip("0")) + len(fraction), 1)
            sizes = [exp.Literal.number(precision), exp.Literal.number(len(fraction))]
            kind.set("expressions", [exp.DataTypeParam(this=size) for size in sizes])
        return self.expression(exp.Cast(this=this, to=kind))

    def _parse_json_path_function(self, name: str) -> JsonFunction:
        value = self._parse_json_entry()
        self._match(TokenType.COMMA)
        path = self._parse_string()
        passing = []
        if self._match_text_seq("PASSING"):
            passing = self._parse_csv(self._parse_named_json_argument)
        returning = self._parse_types() if self._match_text_seq("RETURNING") else None
        wrapper = self._parse_wrapper()
        quotes = None
        if self._match_texts(("KEEP", "OMIT")):
            quotes = self._prev.text.upper()
            self._match_text_seq("QUOTES")
            self._match_text_seq("ON", "SCALAR", "STRING")
        outcomes: dict[str, exp.Expr | str] = {}
        while (outcome := self._parse_json_outcome()) is not None:
            if not (self._match(TokenType.ON) and self._match_texts(("EMPTY", "ERROR"))):
                self.raise_error("Expected ON EMPTY or ON ERROR")
            outcomes[self._prev.text.upper()] = outcome
        if not self._match(TokenType.R_PAREN, advance=False):
            self.raise_error("Expected )")
        return self.expression(
            JsonFunction(
                name=name, this=value, path=path, passing=passing, returning=returning, wrapper=wrapper,
                quotes=quotes, on_empty=outcomes.get("EMPTY"), on_error=outcomes.get("ERROR"),
            )
        )  # fmt: skip

    def _parse_json_entry(self, key: exp.Expr | str | None = None) -> JsonEntry:
        value = self._parse_disjunction()
        is_json = self._match_text_seq("FORMAT", "JSON")
        if is_json and self._match_text_seq("ENCODING") and not self._match_text_seq("UTF8"):
            self.raise_error("The sandbox supports JSON in UTF8 only")
        return self.expression(JsonEntry(this=value, key=key, is_json="JSON" if is_json else None))

    def _parse_named_json_argument(self) -> JsonEntry:
        entry = self._parse_json_entry()
        self._match(TokenType.ALIAS)
        named = self._parse_id_var()
        if named is None:
            self.raise_error("Expected AS name")
        else:
            # JSON paths see unquoted SQL identifiers in upper case (Trino documentation, "json_exists").
            entry.set("key", named.name if named.args.get("quoted") else named.name.upper())
        return entry

    def _parse_wrapper(self) -> str | None:
        if self._match_text_seq("WITHOUT"):
            kind = "WITHOUT"
        elif self._match(TokenType.WITH):
            kind = "CONDITIONAL" if self._match_text_seq("CONDITIONAL") else "UNCONDITIONAL"
            self._match_text_seq("UNCONDITIONAL")
        else:
            return None
        self._match_text_seq("ARRAY")
        if not self._match_text_seq("WRAPPER"):
            self.raise_error("Expected WRAPPER")
        return kind

    def _parse_json_outcome(self) -> exp.Expr | str | None:
        if self._match_text_seq("DEFAULT"):
            default = self._parse_disjunction()
            if default is None:
                self.raise_error("Expected a value after DEFAULT")
            return default
        if self._match_text_seq("EMPTY"):
            return f"EMPTY {'OBJECT' if self._match_text_seq('OBJECT') else self._match_text_seq('ARRAY') and 'ARRAY'}"
        if self._match_texts(("ERROR", "NULL", "TRUE", "FALSE", "UNKNOWN")):
            return str(self._prev.text).upper()
        return None

    def _parse_json_constructor(self, name: str) -> JsonFunction:
        entries: list[JsonEntry] = []
        closing = (TokenType.R_PAREN,)
        if not self._match_set(closing, advance=False) and not self._is_json_option():
            parse = self._parse_json_member if name == "json_object" else self._parse_json_entry
            entries = self._parse_csv(parse)
        nulls = unique = None
        if self._match_texts(("NULL", "ABSENT")):
            nulls = self._prev.text.upper()
            self._match(TokenType.ON)
            self._match_text_seq("NULL")
        if self._match_text_seq("WITHOUT"):
            self._match_text_seq("UNIQUE")
            self._match_text_seq("KEYS")
        elif self._match(TokenType.WITH):
            unique = "UNIQUE" if self._match_text_seq("UNIQUE") else None
            self._match_text_seq("KEYS")
        returning = self._parse_types() if self._match_text_seq("RETURNING") else None
        return self.expression(
            JsonFunction(name=name, entries=entries, nulls=nulls, unique=unique, returning=returning)
        )

    def _is_json_option(self) -> bool:
        return self._curr is not None and self._curr.text.upper() == "RETURNING"

    def _parse_json_member(self) -> JsonEntry:
        self._match_text_seq("KEY")
        key = self._parse_bitwise()
        if not self._match(TokenType.COLON) and not self._match_text_seq("VALUE"):
            self.raise_error("Expected VALUE")
        return self._parse_json_entry(key)


class _Trino(Trino):
    INDEX_OFFSET = 0  # subscripts are not shifted
    Parser = _QueryParser


class _Parser(AthenaParser):
    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type] # forwarded unchanged
        self._trino_parser = _QueryParser(
            error_level=self.error_level,
            error_message_context=self.error_message_context,
            max_errors=self.max_errors,
            max_nodes=self.max_nodes,
            dialect=_Trino(),
        )


class AthenaSql(Athena):
    """Athena's dialect: HiveQL for most definitions, Trino's SQL for everything else."""

    INDEX_OFFSET = 0
    Parser = _Parser  # type: ignore[assignment] # a subclass
