"""WSGI application of the sandbox: moto's services behind locks, and the internal interface."""

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from terrarium_sandbox.authorization.enforcement import decide_request
from terrarium_sandbox.http.allowed_hosts import is_allowed_host
from terrarium_sandbox.http.authentication import AuthenticationError, authenticate
from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.http.aws_request import AwsRequest, receive_body
from terrarium_sandbox.http.error_response import denial_code, error_response
from terrarium_sandbox.http.failures import FailureKind, Failures
from terrarium_sandbox.http.routes import PREFIX
from terrarium_sandbox.rules import RULES
from terrarium_sandbox.rules.enforcement import RuleBook, RuleViolationError
from terrarium_sandbox.rules.rule import Request
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.state.changes import Changes, NotRecordedError
from terrarium_sandbox.state.touched_backends import touched_backends
from terrarium_sandbox.validation.validate import validate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Application"]

_log = logging.getLogger(__name__)

# moto's own interface bypasses the host: its reset would leave the data planes as they are.
_CLOSED = frozenset({"moto_api", "instance_metadata"})

# Keys of the WSGI environment: the request that rules examine, and whether it may change state.
_REQUEST = "terrarium.request"
_RULES = RuleBook(RULES)
_MUTABLE = "terrarium.mutable"
# Operations that create credentials, although their names begin like those that only read.
_CREATE_CREDENTIALS = frozenset({"GetFederationToken", "GetSessionToken"})
# Names given to `Sandbox.keep` whose values change with requests to these services.
_KEPT: Mapping[str, tuple[str, ...]] = {"batch": ("batch_jobs",)}


class Application:
    """Receives requests, authenticates and authorizes them, applies the rules, and dispatches them to services.

    Args:
        sandbox: The host whose services are installed.
        failures: Counts the calls that the sandbox could not answer.
        changes: Records the changes of a request before it is acknowledged.
    """

    def __init__(self, sandbox: Sandbox, failures: Failures, changes: Changes) -> None:
        self._sandbox = sandbox
        self._failures = failures
        self._changes = changes
        self._dispatcher = _Dispatcher(sandbox, changes)
        self._under_way = 0
        self._closed = False
        self._condition = threading.Condition()

    def close(self, *, patience_seconds: float) -> None:
        """Refuse new requests, and wait until the running ones are answered."""
        with self._condition:
            self._closed = True
            self._condition.wait_for(lambda: self._under_way == 0, timeout=patience_seconds)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request: the WSGI interface."""
        receive_body(environ)
        request = AwsRequest.of(environ)
        if not is_allowed_host(environ.get("HTTP_HOST", "")):
            _log.warning("refused a request for host %r", environ.get("HTTP_HOST"))
            message = "the sandbox answers at localhost and 127.0.0.1 only"
            return error_response(request, status=403, code="AccessDenied", message=message)(
                environ, start_response
            )
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._sandbox.routes(environ, start_response)
        with self._condition:
            if self._closed:
                response = error_response(
                    request, status=503, code="ServiceUnavailable", message="the sandbox is stopping"
                )
                return response(environ, start_response)
            self._under_way += 1
        try:
            return self._answer(request, environ, start_response)
        finally:
            with self._condition:
                self._under_way -= 1
                self._condition.notify_all()

    def _answer(
        self, request: AwsRequest, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            authenticate(environ, request, self._sandbox.web_identity_tokens)
            call = self._read(request)
            refusal = self._refuse(request, call, environ)
            if refusal is not None:
                code, message = refusal
                _log.warning("refused %s:%s: %s", request.service, request.operation, message)
                if call is not None and request.access_key is not None:
                    self._sandbox.called(call, request.access_key, code)
                return error_response(request, status=403, code=code, message=message)(
                    environ, start_response
                )
            environ[_MUTABLE] = not request.reads_only or request.operation in _CREATE_CREDENTIALS
            if environ[_MUTABLE]:
                self._changes.require_space(int(environ["CONTENT_LENGTH"]))
            if call is not None and request.access_key is not None:
                validate(call)
                account = get_account_id_from(request.access_key)
                environ[_REQUEST] = Request(
                    call=call, account=account, access_key=request.access_key, body=environ["wsgi.input"]
                )
            return cast("Iterable[bytes]", self._dispatcher(environ, start_response))
        except AuthenticationError as error:
            _log.warning("refused %s:%s: %s", request.service, request.operation, error.message)
            response = error_response(request, status=error.status, code=error.code, message=error.message)
            return response(environ, start_response)
        except RuleViolationError as error:
            _log.warning(
                "%s refused %s:%s: %s", error.rule, request.service, request.operation, error.message
            )
            response = error_response(
                request, status=error.status, code=error.code, message=error.message, rule=error.rule
            )
            return response(environ, start_response)
        except NotRecordedError as error:
            # 503: clients may retry, and nothing was acknowledged.
            message = f"the sandbox cannot store changes ({error}); free space at {self._sandbox.home.folder}"
            _log.error("refused %s:%s: %s", request.service, request.operation, message)
            response = error_response(request, status=503, code="ServiceUnavailable", message=message)
            return response(environ, start_response)
        except NotImplementedError as error:
            kind: FailureKind = "not implemented"
            code = "NotImplemented"
            message = f"the sandbox does not implement {request.service}:{request.operation}"
            _log.warning("%s: %s", message, error)
        except Exception as error:  # noqa: BLE001 - the client gets an answer to every error of moto
            _log.exception("%s:%s failed", request.service, request.operation)
            kind, code = "failed", "SandboxFailure"
            message = f"the sandbox failed at {request.service}:{request.operation} ({error!r}); see its log"
        finally:
            if environ.get(_MUTABLE):
                self._sandbox.touch()
        self._failures.add(request.service or "s3", request.operation, kind)
        # Not 5xx: clients would retry without effect, Terraform's provider for minutes.
        return error_response(request, status=400, code=code, message=message)(environ, start_response)

    def _read(self, request: AwsRequest) -> Call | None:
        try:
            return request.call()
        except Exception:
            if self._sandbox.iam_enforced:
                raise  # IAM denies a call that it cannot examine
            _log.exception("the parameters of %s:%s cannot be parsed", request.service, request.operation)
            return None

    def _refuse(
        self, request: AwsRequest, call: Call | None, environ: "WSGIEnvironment"
    ) -> tuple[str, str] | None:
        """Return error code and message if the request must not be answered."""
        if "HTTP_ORIGIN" in environ:
            return "AccessDenied", "the sandbox does not answer web pages"
        if self._sandbox.iam_enforced:
            with self._sandbox.locks.holding_policies():
                decision = decide_request(request, call)
            if not decision.allowed:
                return denial_code(request), decision.reason
        return None


class _Dispatcher(DomainDispatcherApplication):
    """moto's choice of the service, with a lock around each."""

    def __init__(self, sandbox: Sandbox, changes: Changes) -> None:
        super().__init__(self._create_service)
        self._sandbox = sandbox
        self._changes = changes

    def get_backend_for_host(self, host: str | None) -> Any:
        # moto returns None for a service that it does not know, and would then fail.
        return super().get_backend_for_host(host) or host

    def _create_service(self, service: Any) -> Any:
        if service in _CLOSED:
            return _unknown(service)
        try:
            application = create_backend_app(service)
        except (ImportError, KeyError):
            return _unknown(service)
        return _Service(service, application, self._sandbox, self._changes)


class _Service:
    def __init__(self, name: str, application: Any, sandbox: Sandbox, changes: Changes) -> None:
        self._name = name
        self._application = application
        self._sandbox = sandbox
        self._changes = changes

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            self._application.url_map.bind_to_environ(environ).match()
        except (NotFound, MethodNotAllowed) as error:
            raise NotImplementedError("moto has no such path") from error
        except HTTPException:  # a redirect: the application's own business
            pass
        with self._sandbox.locks.holding(self._name):
            request = environ.get(_REQUEST)
            if request is not None:
                enforced = self._sandbox.iam_enforced
                _RULES.check(request, policies=self._sandbox.locks.holding_policies() if enforced else None)
            if request is not None and request.access_key is not None:
                self._sandbox.called(request.call, request.access_key)
            if not environ.get(_MUTABLE):
                return cast("Iterable[bytes]", self._application(environ, start_response))
            return self._answer_recorded(environ, start_response, request.call if request else None)

    def _answer_recorded(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", call: Call | None
    ) -> Iterable[bytes]:
        """Answer once the change is recorded, and not before."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ARG001 - WSGI
            begun.append((status, headers))

        with touched_backends() as touched:
            body = cast("Iterable[bytes]", self._application(environ, begin))
        status, headers = begun[-1]
        if status < "4":
            self._changes.record(touched, call, kept=_KEPT.get(self._name, ()))
        start_response(status, headers)
        return body


def _unknown(service: str) -> "WSGIApplication":
    def refuse(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        raise NotImplementedError(f"no service answers for {service}")

    return refuse
