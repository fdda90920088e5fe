"""Internal interface of the sandbox, beside those of AWS: JSON over HTTP, below one prefix."""

import hmac
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["PREFIX", "RouteHandler", "Routes"]

# Not a name of a bucket (S3 allows no underscores), so no path-style request begins with it.
PREFIX = "/_terrarium/"

RouteHandler: TypeAlias = Callable[..., Any]  # (request, **path parameters) -> JSON, a Response, or None


class Routes:
    """The internal interface; all routes except `health` require the token of this process.

    Args:
        token: The bearer token of requests (`Authorization: Bearer ...`). It is in the sandbox's home, which other
            users of the machine and web pages cannot read.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._map = Map()

    def add(self, method: str, path: str, handler: RouteHandler, *, open_to_all: bool = False) -> None:
        """Answer `method` on PREFIX + `path` (a rule of werkzeug's, e.g. `accounts/<account>`) by `handler`.

        The handler gets the request, and the parameters of the path by keyword. Its result is sent as JSON, unless it
        is a response; HTTP exceptions of werkzeug are sent as responses.
        """
        self._map.add(Rule(PREFIX + path, methods=[method], endpoint=(handler, open_to_all)))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request: the WSGI interface."""
        try:
            response = self._answer(environ)
        except HTTPException as error:
            response = _as_json({"error": error.description}, status=error.code or 500)
        return response(environ, start_response)

    def _answer(self, environ: "WSGIEnvironment") -> Response:
        (handler, open_to_all), parameters = self._map.bind_to_environ(environ).match()
        request = Request(environ)
        if not open_to_all:
            self._authorize(request)
        answer = handler(request, **parameters)
        return answer if isinstance(answer, Response) else _as_json(answer)

    def _authorize(self, request: Request) -> None:
        given = request.authorization
        if not (given and given.type == "bearer" and hmac.compare_digest(given.token or "", self._token)):
            raise Unauthorized("the internal interface requires the token in the sandbox's process file")


def _as_json(value: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, content_type="application/json")
