"""On-demand features: Python functions of other features and of fields of the request.

The same function serves training sets and online reads. In both, it receives whole columns, as Polars series.
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field, PrivateAttr

from terrarium.arguments import checked
from terrarium.features.definition._module_source import decorated_source
from terrarium.features.definition.dtype import DType
from terrarium.features.definition.model import Definition, Name
from terrarium.features.errors import FeatureDefinitionError, TransformationError
from terrarium.io.digest import digest_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["OnDemandFeature", "on_demand"]


class OnDemandFeature(Definition):
    """A feature that is computed when it is read; created by `on_demand`.

    Attributes:
        name: Name of the function.
        dtype: Type of the result.
        description: Meaning of the feature.
        inputs: Parameters of the function: features of the view, and fields of `request`.
        request: Fields that the caller passes besides keys: column -> type.
        function: Import path of the function: `package.module:name`.
        digest: `sha256:...` of the function's source text.
    """

    name: Name
    dtype: DType
    description: str = ""
    inputs: tuple[str, ...]
    request: dict[str, DType] = Field(default_factory=dict)
    function: str
    digest: str
    _callable: Callable[..., "pl.Series"] | None = PrivateAttr(None)

    def __call__(self, columns: Mapping[str, "pl.Series"]) -> "pl.Series":
        """Compute the feature for every row of `columns`; return a series of the declared type.

        Raises:
            TransformationError: The function is not the registered one, or its result has another length or type.
        """
        import polars as pl
        import pyarrow as pa

        from terrarium.features._typed_column import typed_column

        returned = self.resolve()(**{name: columns[name] for name in self.inputs})
        rows = len(next(iter(columns.values())))
        if not isinstance(returned, pl.Series) or len(returned) != rows:
            got = f"{len(returned)} rows" if isinstance(returned, pl.Series) else type(returned).__name__
            raise TransformationError(
                f"on-demand feature {self.name!r} got {rows} rows and returned {got}",
                remedy="return a Polars series with a value, or null, for every row",
            )
        try:
            typed = typed_column(pa.chunked_array([returned.to_arrow()]), self.dtype)
        except pa.ArrowException as error:
            raise TransformationError(
                f"on-demand feature {self.name!r} returned {returned.dtype}, which is not {self.dtype} without loss: "
                f"{error}",
                remedy="convert it within the function, or declare dtype as what it returns",
            ) from error
        return pl.Series(self.name, typed)

    def resolve(self) -> Callable[..., "pl.Series"]:
        """Return the function; import it if it is not imported yet.

        Raises:
            TransformationError: The function cannot be imported, or is no longer the registered one.
        """
        if self._callable is None:
            self._callable = _import(self)
        return self._callable


@checked
def on_demand(
    *, dtype: str, request: Mapping[str, str] | None = None, description: str = ""
) -> Callable[[Callable[..., "pl.Series"]], OnDemandFeature]:
    """Declare a function as an on-demand feature, for use in `FeatureView(on_demand=...)`.

    The function's parameters are features of the view or fields of `request`, each passed as a Polars series. The
    function must depend on nothing else, and compute each row independently of the others.

    Args:
        dtype: Type of the result.
        request: Fields that the caller passes: column -> type.
        description: Meaning of the feature. Default: the first line of the function's docstring.

    Raises:
        FeatureDefinitionError: The function has no named parameters, or its source cannot be read.

    Example:
        >>> @on_demand(dtype="double", request={"amount": "double"})
        ... def share_of_balance(amount, balance):
        ...     return amount / balance
    """

    def wrap(function: Callable[..., "pl.Series"]) -> OnDemandFeature:
        feature = OnDemandFeature(
            name=function.__name__,
            dtype=dtype,
            description=description or (inspect.getdoc(function) or "").split("\n")[0],
            inputs=_parameters(function),
            request=dict(request or {}),
            function=f"{function.__module__}:{function.__qualname__}",
            digest=_digest(function),
        )
        feature._callable = function
        return feature

    return wrap


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    if not parameters or any(
        p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY) for p in parameters
    ):
        raise FeatureDefinitionError(
            f"on-demand feature {function.__name__!r} must name its inputs",
            remedy="give it one parameter for each feature or request field that it uses",
        )
    return tuple(parameter.name for parameter in parameters)


def _digest(function: Callable[..., Any]) -> str:
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise FeatureDefinitionError(
            f"the source of on-demand feature {function.__name__!r} cannot be read: {error}",
            remedy="define it in a module or a notebook cell, so that changes to it are noticed",
        ) from error
    return _digest_of_source(source)


def _digest_of_source(source: str) -> str:
    body = source[source.index("def ") :]  # without decorators: the definition holds their arguments
    return digest_of(body)


def _import(feature: OnDemandFeature) -> Callable[..., "pl.Series"]:
    module, _, name = feature.function.partition(":")
    if module not in sys.modules:
        _check_source(feature, module, name)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise TransformationError(
            f"on-demand feature {feature.name!r} is the function {feature.function}, which cannot be imported here: "
            f"{error}",
            remedy="install the package that defines it, or apply the view from here",
        ) from error
    if isinstance(found, OnDemandFeature) and found.digest == feature.digest and found._callable is not None:
        return found._callable
    raise TransformationError(
        f"{feature.function} is not the on-demand feature {feature.name!r} that was registered",
        remedy="check out the code that it was registered from, or apply the view again, which creates a new version",
    )


def _check_source(feature: OnDemandFeature, module: str, name: str) -> None:
    """Refuse to import a module that does not define the feature.

    Importing a module runs it, and the registry may name any module: many people may write to the registry.
    """
    source = decorated_source(module, name, decorator=on_demand.__name__)
    if source is None or _digest_of_source(textwrap.dedent(source)) != feature.digest:
        raise TransformationError(
            f"on-demand feature {feature.name!r} is the function {feature.function}, and no module here defines it as "
            "it was registered; nothing was imported",
            remedy="install or check out the code that it was registered from, or import its module yourself. Or apply "
            "the view from here, which creates a new version",
        )
