"""Resumable uploads for pages: begin, ask how far it came, send a piece, finish, give up. Answers in JSON."""

from __future__ import annotations

import base64
import binascii
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from dugai.files import queries
from dugai.files import services_upload as services
from dugai.files.states import UploadState
from dugai.journal.services import request_id
from dugai.kernel import problems
from dugai.kernel.errors import Conflict, DomainError, InvalidInput
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from dugai.files.models import Upload

LONGEST_NUMBER = 15


def in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a refusal as problem+json: a script is asking, not a person."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            return problems.response(refusal, request_id.get())

    return answered


@require_POST
@in_json
def upload_begin(request: HttpRequest) -> HttpResponse:
    """Announce a file by name and size."""
    upload = services.begin_upload(
        actor=viewer_of(request),
        name=request.POST.get("name", ""),
        size=_number(request.POST.get("size", ""), "size"),
        purpose=request.POST.get("purpose", "evidence")[:40],
        sha256=request.POST.get("sha256", ""),
    )
    return _said(upload, status=201)


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@in_json
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """Say how far an upload came (GET, HEAD), take its next piece (PATCH), or give it up (DELETE)."""
    viewer = viewer_of(request)
    if request.method == "PATCH":
        return _piece(request, key)
    if request.method == "DELETE":
        return _said(services.cancel_upload(actor=viewer, key=key))
    return _said(queries.get_upload(viewer, key))


@require_POST
@in_json
def upload_finish(request: HttpRequest, key: str) -> HttpResponse:
    """Make one file of the pieces."""
    viewer = viewer_of(request)
    services.finish_upload(actor=viewer, key=key)
    return _said(queries.get_upload(viewer, key))


def _piece(request: HttpRequest, key: str) -> HttpResponse:
    viewer = viewer_of(request)
    offset = _number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
    length = _number(request.META.get("CONTENT_LENGTH") or "", "Content-Length")
    digest = _checksum(request.headers.get("Upload-Checksum", ""))
    try:
        taken = services.put_chunk(
            actor=viewer, key=key, offset=offset, stream=request, length=length, sha256=digest
        )
    except Conflict as elsewhere:
        response = problems.response(elsewhere, request_id.get())
        response["Upload-Offset"] = str(queries.get_upload(viewer, key).offset)
        return response
    return _said(taken)


def _said(upload: Upload, status: int = 200) -> HttpResponse:
    response = JsonResponse(
        {
            "key": upload.pk,
            "name": upload.name,
            "size": upload.size,
            "offset": upload.offset,
            "state": upload.state,
            "refusal": upload.refusal,
            "chunk": settings.UPLOAD_CHUNK,
            "finished": upload.state == UploadState.FINISHED,
        },
        status=status,
    )
    response["Upload-Offset"], response["Upload-Length"] = str(upload.offset), str(upload.size)
    return response


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise InvalidInput(f"{name} 应是非负整数", fields={name: "应是非负整数"}, code="bad_number")
    return int(text)


def _checksum(header: str) -> str:
    """Read tus's `sha256 <base64>`; empty when none was promised."""
    if not header:
        return ""
    kind, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if kind != "sha256" or len(digest) != 32:
        raise InvalidInput("Upload-Checksum 写成 sha256 和它的 Base64", code="bad_checksum")
    return digest.hex()
