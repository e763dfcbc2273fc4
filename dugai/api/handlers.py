"""Every refusal, once and in one place, as problem+json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dugai.api import wording
from dugai.api.auth import Unknown
from dugai.journal.services import request_id
from dugai.kernel import problems
from dugai.kernel.errors import DomainError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI


def install(api: NinjaAPI) -> None:
    """Say what becomes of each kind of refusal."""
    api.add_exception_handler(DomainError, refused)
    api.add_exception_handler(ValidationError, not_valid)
    api.add_exception_handler(AuthenticationError, not_known)
    api.add_exception_handler(HttpError, not_readable)
    api.add_exception_handler(RequestDataTooBig, too_big)


def refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    """Answer a refusal of the rooms with its own status."""
    del request
    return problems.response(refusal, request_id.get())


def not_valid(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer 422 with a sentence for each wrong value."""
    return refused(request, wording.refusal(error.errors))


def not_known(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer 401."""
    del error
    return refused(request, Unknown("请带上有效的令牌：Authorization: Bearer …"))


def not_readable(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer what the strict reader found wrong with a body; it stands behind the framework's own error."""
    cause = error.__cause__
    if isinstance(cause, DomainError):
        return refused(request, cause)
    refusal = DomainError("请求读不懂，请对照接口说明检查。", code="bad_request")
    refusal.status = error.status_code
    return refused(request, refusal)


def too_big(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer 413."""
    del error
    return refused(request, TooLarge("内容太大。请分几次提交。"))


def strictly(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap an operation so that an unknown query parameter, or one that came twice, is refused by name."""
    known, many = _parameters(run.__self__)  # type: ignore[attr-defined]  # a bound method of the operation

    def checked(request: HttpRequest, **path: Any) -> HttpResponse:
        if getattr(request, "api_token", None) is not None:
            if strange := set(request.GET) - known:
                return refused(request, wording.unknown(strange))
            if double := {name for name in known - many if len(request.GET.getlist(name)) > 1}:
                return refused(request, wording.repeated(double))
        return run(request, **path)

    return checked


def _parameters(operation: Any) -> tuple[set[str], set[str]]:
    """Return the names of an operation's query parameters, and of those that may come several times."""
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    names = {name for model in queries for name in getattr(model, "__ninja_flatten_map__", {})}
    many = {name for model in queries for name in getattr(model, "__ninja_collection_fields__", [])}
    return names, many
