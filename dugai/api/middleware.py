"""The door of the API: reads the token before anything else looks at the person, and lets no session in."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore

from dugai.api import urls
from dugai.api.auth import Unknown
from dugai.api.contract import KEY_SHAPE
from dugai.journal.services import request_id
from dugai.kernel import clock, problems
from dugai.kernel.errors import DomainError, TooLarge, TooMany
from dugai.people import queries_token, services_pace, services_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PREFIX = "/api/"
KEY = "HTTP_IDEMPOTENCY_KEY"
KEY_PATTERN = re.compile(KEY_SHAPE["pattern"])
WRITES = frozenset({"POST", "DELETE"})
ENVELOPE = 1024 * 1024
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class BadRequest(DomainError):
    """The request itself cannot be read."""

    code, status = "bad_request", 400


class Unfinished(DomainError):
    """The account is sent to a page first, so its tokens wait as well."""

    code, status = "account_unfinished", 403


class TooOften(TooMany):
    """A token asked more often than a minute allows; `seconds` until it may again."""

    code = "too_many_requests"

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        super().__init__(f"这个令牌一分钟最多 {settings.API_PER_MINUTE} 次请求。请等 {seconds} 秒再来。")
        self.seconds = seconds


class TokenMiddleware:
    """For addresses under /api/ alone: the token's person is the viewer, cookies and sessions are put away.

    Stands behind the middleware that reads sessions and before the one that answers repeated writes. Whatever
    is refused further in, by whomever, leaves as problem+json.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass pages on untouched; answer 401 to whoever brings no live token."""
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        try:
            _admit(request)
            response = _as_problem(request, self.get_response(request))
        except DomainError as refusal:
            response = problems.response(refusal, request_id.get())
            if isinstance(refusal, TooOften):
                response["Retry-After"] = str(refusal.seconds)
        if response.status_code == Unknown.status:
            response["WWW-Authenticate"] = 'Bearer realm="dugai"'
        response["Cache-Control"] = "no-store"
        return response


def _admit(request: HttpRequest) -> None:
    """Put the token's person into the request, or refuse."""
    request.COOKIES.clear()
    request.session = SessionStore()
    request.user = AnonymousUser()
    _require_small(request)
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    now = clock.now()
    token = (
        queries_token.public_token(secret.strip(), now, clock.today()) if scheme.lower() == "bearer" else None
    )
    if token is None:
        raise Unknown("请带上有效的令牌：Authorization: Bearer …。令牌可能写错、过期、作废，或账户已停用。")
    if seconds := services_pace.wait_seconds(token_id=token.pk, now=now):
        raise TooOften(seconds)
    services_token.note_use(token, now)
    request.user = token.user
    request.api_token = token  # type: ignore[attr-defined]
    _own_key(request, token.pk)


def _require_small(request: HttpRequest) -> None:
    """Refuse a body by what its header says, before a byte of it is read."""
    with contextlib.suppress(ValueError):
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        many = request.META.get("CONTENT_TYPE", "").startswith("multipart/")
        most = settings.UPLOAD_LIMIT + ENVELOPE if many else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > most:
            raise TooLarge(f"内容有 {length} 字节，最多 {most} 字节。请分几次提交。")


def _own_key(request: HttpRequest, token_id: int) -> None:
    """Give each token its own idempotency keys, so that none is answered from what another one did."""
    key = request.META.pop(KEY, None)
    if key is not None and (len(key) > KEY_SHAPE["maxLength"] or not KEY_PATTERN.fullmatch(key)):
        raise BadRequest(
            f"Idempotency-Key 用英文字母、数字和 . _ ~ -，最多 {KEY_SHAPE['maxLength']} 个",
            code="idempotency_key_invalid",
        )
    request.__dict__.pop("headers", None)
    if key and request.method in WRITES and urls.takes(request.path_info, request.method):
        request.META[KEY] = f"{token_id}:{key}"


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return an error in the API's shape, also when the framework made it."""
    if 300 <= response.status_code < 400:
        raise Unfinished("这个账户还欠一步：请先在网页上登录，按提示设好密码或两步验证。")
    if response.status_code < 400 or response.get("Content-Type", "") == problems.MEDIA_TYPE:
        return response
    refusal = DomainError(DETAILS.get(response.status_code, "请稍后再试，或把编号告诉系统管理员。"))
    refusal.status = response.status_code
    refusal.code = CODES.get(response.status_code, "refused")
    answer = problems.response(refusal, request_id.get() or getattr(request, "request_id", ""))
    for name in KEPT:
        if response.has_header(name):
            answer[name] = response[name]
    return answer


DETAILS = {
    400: "请求的格式不对，读不出来。",
    404: "没有这个地址，或这一项不在您的范围内。",
    405: "这个地址不接受这种方法，可用的方法在 Allow 里。",
    413: "内容太大。请分几次提交。",
    500: "已经记下。请把编号告诉系统管理员。",
    503: "现在写入的人多，没有保存。请过几秒再试。",
}
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "error",
    503: "busy",
}
