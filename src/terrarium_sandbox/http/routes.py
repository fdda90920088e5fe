"""The sandbox's interface of its own, beside the AWS interfaces: JSON over HTTP, under one prefix."""

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

# No bucket can have this name (S3 allows no underscores), so path-style requests never meet it.
PREFIX = "/_terrarium/"

RouteHandler: TypeAlias = Callable[..., Any]  # (request, **path parameters) -> JSON, a Response, or None


class Routes:
    """The internal interface; everything in it but `health` asks for the token of this run.

    Args:
        token: What requests must bear (`Authorization: Bearer ...`). It lies in the sandbox's home: who can
            read that may ask, and neither other users of the machine nor web pages can.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._map = Map()

    def add(self, method: str, path: str, handler: RouteHandler, *, open_to_all: bool = False) -> None:
        """Answer `method` on PREFIX + `path` (a rule of werkzeug's, e.g. `accounts/<account>`) by `handler`.

        The handler gets the request and the path's parameters by keyword. What it returns is sent as JSON,
        unless it is a response already; werkzeug's HTTP exceptions become their answers.
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
            raise Unauthorized("the internal interface asks for the token in the sandbox's process file")


def _as_json(value: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, content_type="application/json")
