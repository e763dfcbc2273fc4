"""What the stories of the API share: a cast with tokens, a ledger, a round, and a client that speaks JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from dugai.kernel import clock
from dugai.people import services_token
from dugai.people.states_token import TokenScope
from dugai.progress import services_round
from dugai.progress.models import Report
from dugai.staging.models import ImportBatch
from tests.cast import Cast, make_problem, task_of

EVERY_SCOPE = tuple(scope.value for scope in TokenScope)


def secret_of(user, scopes=EVERY_SCOPE, days: int = 30) -> str:
    """Make a token for a person and return its secret."""
    day = clock.today() + dt.timedelta(days=days)
    return services_token.make_token(actor=user, label="测试", scopes=scopes, expires_on=day)[1]


@dataclass
class Api:
    """One program with one token."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, HTTP_AUTHORIZATION=f"Bearer {self.secret}")

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.client.post(
            f"/api/v1{path}",
            {} if body is None else body,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.secret}",
            **extra,
        )


def api_of(user, scopes=EVERY_SCOPE) -> Api:
    """Return a program that acts for a person."""
    return Api(secret_of(user, scopes))


@dataclass
class World:
    """One problem of 朔岭市 with a task of 望渡县住建局, a round over the city, and its report."""

    cast: Cast
    problem: Any
    task: Any
    round: Any
    report: Any

    @property
    def measure(self) -> Any:
        return self.task.measure


def make_world(cast: Cast) -> World:
    problem = make_problem(cast)
    task = task_of(problem)
    round_ = services_round.open_round(actor=cast.city_clerk, kind="monthly", region=cast.city)
    report = Report.objects.unscoped("a test looks at its own row").get(round=round_, task=task)
    return World(cast, problem, task, round_, report)


def entry(cast: Cast, number: int = 7, **changes: Any) -> dict[str, Any]:
    """Return the body that registers a problem of 朔岭市."""
    return {
        "number": number,
        "home": cast.city.pk,
        "lead": cast.city_bureau.pk,
        "title": "老城区污水管网改造滞后",
        "text": "督察发现，老城区污水管网缺口较大。",
        "kind": "report",
        "source": "central_inspection",
        "source_class": "central",
        "deadline": "2026年12月底前",
        "parts": {"supervising": [cast.province_bureau.pk]},
        "measures": [
            {
                "number": number,
                "text": "改造老城区污水管网 6.4 公里。",
                "tasks": [
                    {
                        "owner": cast.county.pk,
                        "targets": [{"name": "管网", "unit": "公里", "amount": "6.4"}],
                    }
                ],
            }
        ],
        **changes,
    }


__all__ = ["Api", "ImportBatch", "World", "api_of", "entry", "make_world", "secret_of"]
