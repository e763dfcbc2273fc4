"""A refusal as `application/problem+json` (RFC 9457): one shape for every edge that speaks to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse

if TYPE_CHECKING:
    from dugai.kernel.errors import DomainError

MEDIA_TYPE = "application/problem+json"
OTHERWISE = "这一步没有做成"
TITLES = {
    400: "请求读不懂",
    401: "没有有效的令牌",
    403: "您不能做这一步",
    404: "没有这一项，或您的单位看不到它",
    405: "这个地址不接受这种请求",
    409: "别人刚改过",
    413: "内容太大",
    415: "内容的格式不对",
    422: OTHERWISE,
    428: "缺少版本号",
    429: "请求太频繁",
    500: "系统出了问题",
    503: "系统正忙",
}


def response(refusal: DomainError, request_id: str) -> JsonResponse:
    """Return the answer to a refused request: `code` is stable and for programs, `detail` is for people.

    `fields` maps the path of each wrong value (`measures.0.text`) to its own sentence, where there is one.
    """
    body: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES.get(refusal.status, OTHERWISE),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.message,
        "request_id": request_id,
    }
    if fields := getattr(refusal, "fields", None):
        body["fields"] = dict(fields)
    answer = JsonResponse(
        body, status=refusal.status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = "no-store"
    return answer
