"""Every POST may come twice (D7): one effect, the same answer, for pages and for the API alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dugai.kernel.errors import Refused
from dugai.people import services_answer
from dugai.web import errors

if TYPE_CHECKING:
    from dugai.people.models import User

FIELD = "_once"
HEADER = "Idempotency-Key"
LONGEST_KEY = 80
LONGEST_BODY = 64 * 1024
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Trigger", "ETag")
UNKEYED = frozenset({"step_up", "change_password", "totp_setup"})
"""Pages that count every try, so that a failed one must stay written down."""
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class OnceMiddleware:
    """Runs a keyed write inside one transaction with its answer, and answers a repetition from the record."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass reads and unkeyed writes on; wrap the others."""
        if request.method not in WRITES or not request.user.is_authenticated:
            return self.get_response(request)
        key = request.headers.get(HEADER) or request.POST.get(FIELD, "")
        if not key or request.path in {reverse(name) for name in UNKEYED}:
            return self.get_response(request)
        try:
            return self._once(request, request.user, key)
        except Refused as refusal:
            return errors.refusal(request, refusal)

    def _once(self, request: HttpRequest, actor: User, key: str) -> HttpResponse:
        if len(key) > LONGEST_KEY:
            raise Refused("提交编号太长（最多 80 个字符）", code="idempotency_key_long")
        with transaction.atomic():
            answer = services_answer.first_time(actor=actor, key=key, fingerprint=_fingerprint(request))
            if answer is not None:
                response = self.get_response(request)
                secret = getattr(response, "told_once", "")
                unkept = secret or response.streaming or _too_long(response)
                if response.status_code >= 400 or unkept:
                    transaction.set_rollback(response.status_code >= 400)
                    if response.status_code < 400:
                        services_answer.keep(
                            answer,
                            status=303,
                            headers={"Location": secret or request.get_full_path()},
                            body="",
                        )
                    return response
                headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
                services_answer.keep(
                    answer,
                    status=response.status_code,
                    headers=headers,
                    body=response.content.decode(errors="replace"),
                )
                return response
        kept = services_answer.kept_answer(actor, key)
        if kept is None:  # the first attempt was refused and rolled back between our two looks
            raise Refused("上一次提交没有成功，请再提交一次", code="retry")
        response = HttpResponse(kept.body, status=kept.status)
        for name, value in kept.headers.items():
            response[name] = value
        response["Idempotent-Replay"] = "true"
        return response


def _too_long(response: HttpResponse) -> bool:
    """Say whether a page is too long to keep; its repetition is sent to the address, no use to a program."""
    told = response.get("Content-Type", "")
    return len(response.content) > LONGEST_BODY and not told.startswith("application/json")


def _fingerprint(request: HttpRequest) -> str:
    parts = [request.method or "", request.get_full_path()]
    if request.content_type == "multipart/form-data":
        fields = sorted(
            (name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
        )
        uploads: Any = request.FILES
        files = sorted((name, upload.name, upload.size) for name, upload in uploads.items())
        parts.append(repr((fields, files)))
    elif request.content_type == "application/x-www-form-urlencoded":
        parts.append(
            repr(
                sorted(
                    (name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
                )
            )
        )
    else:
        parts.append(hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
