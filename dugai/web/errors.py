"""Error pages: what happened, and what to do, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from dugai.journal.services import request_id
from dugai.kernel import problems
from dugai.kernel.errors import DomainError, NotVisible

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

API_PREFIX = "/api/"

BROKEN = 500
CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", 500: "error", 503: "busy"}
TITLES = {
    400: "请求读不懂",
    403: "您不能做这一步",
    404: "没有这一项，或您的单位看不到它",
    409: "别人刚改过",
    413: "文件太大",
    422: "这一步没有做成",
    428: "缺少版本号",
    429: "请求太频繁",
    500: "系统出了问题",
    503: "系统正忙",
}


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return _plain_problem(status, message)
    context = {
        "title": TITLES.get(status, "这一步没有做成"),
        "message": message,
        "status": status,
        "request_id": request_id.get() or getattr(request, "request_id", ""),
        "back": _back(request),
    }
    if getattr(request, "htmx", False):
        response = render(request, "web/_refusal.html", context, status=status)
        # The fragment asked for is not this one: it goes to the corner where the page speaks to people.
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    if status >= BROKEN:
        context["frame"] = None  # the frame asks the database, which may be what is broken
    return render(request, "web/error.html", context, status=status)


def _plain_problem(status: int, message: str) -> HttpResponse:
    refused = DomainError(message, code=CODES.get(status, "refused"))
    refused.status = status
    return problem(refused)


def _back(request: HttpRequest) -> str:
    """Return the page the reader came from, if it is one of ours."""
    back = request.headers.get("Referer", "")
    hosts = {request.META.get("HTTP_HOST", "")}
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=hosts) else ""


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return the page of a refusal; out of sight and non-existent give the same bytes."""
    if isinstance(refusal, NotVisible):
        return not_found(request, refusal)
    return _page(request, refusal.status, refusal.message)


def refusal(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return the refusal in the shape the caller speaks: problem+json for the API, a page for people."""
    return problem(refusal) if request.path.startswith(API_PREFIX) else refusal_page(request, refusal)


def problem(refusal: DomainError) -> HttpResponse:
    """Return a refusal as `application/problem+json`, with the id of this request."""
    return problems.response(refusal, request_id.get())


def busy_page(request: HttpRequest) -> HttpResponse:
    """Return 503 when the database is taken for longer than we wait."""
    response = _page(request, 503, "现在写入的人多，您的修改没有保存。请过几秒再试一次。")
    response["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 400 for a request that cannot be read."""
    del exception
    return _page(request, 400, "请求的格式不对。请返回上一页重试。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 403 for what the viewer may not do."""
    del exception
    return _page(request, 403, "您的角色没有这项权限。需要时请联系本单位的系统管理员。")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 404, alike for what is hidden and what never was."""
    del exception
    return _page(request, 404, "地址可能写错了，或者这一项归别的单位。请从台账里找。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500 with the id that the log has, and nothing else."""
    return _page(request, 500, "已经记下。请把下面的编号告诉系统管理员。")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 when a form is too old or came from elsewhere."""
    del reason
    return _page(request, 403, "页面打开太久，或来自别的网站。请刷新页面后重新提交，您的草稿还在。")
