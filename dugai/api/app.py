"""`/api/v1`: every operation, its token, its refusals. The contract is docs/reference/openapi.json."""

from __future__ import annotations

from ninja import NinjaAPI

from dugai.api import (
    handlers,
    routes_closeout,
    routes_closeout_after,
    routes_disclosure,
    routes_documents,
    routes_evidence,
    routes_indicators,
    routes_ledger,
    routes_letters,
    routes_other,
    routes_people,
    routes_plan,
    routes_progress,
    routes_task,
)
from dugai.api.auth import READ
from dugai.api.reading import StrictParser

DESCRIPTION = (
    "督改的程序接口。令牌由本人在“我的令牌”页开出；令牌能做的不超过本人能做的。"
    "列表按 cursor 翻页；写操作带 seen_version 和 Idempotency-Key。错误一律是 application/problem+json。"
)

api = NinjaAPI(
    title="督改",
    version="1",
    description=DESCRIPTION,
    auth=READ,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=StrictParser(),
)
handlers.install(api)
api.add_decorator(handlers.strictly, mode="view")
PARTS = (
    *(routes_people, routes_ledger, routes_task, routes_plan),
    *(routes_progress, routes_documents, routes_letters, routes_evidence),
    *(routes_closeout, routes_closeout_after, routes_disclosure, routes_indicators, routes_other),
)
for part in PARTS:
    api.add_router("", part.router)
