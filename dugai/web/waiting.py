"""后台在办: what a page shows while a worker does its work, and where to look again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from dugai.jobs import queries as jobs

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Work:
    """How a piece of work stands: how far, whether it still goes on, what was refused or went wrong."""

    open: bool
    done: int
    total: int
    said: str

    @property
    def percent(self) -> int:
        """Return how far it is, 0 to 100; 0 where it cannot be told."""
        return min(100, self.done * 100 // self.total) if self.total else 0


def work_of(kind: str, key: int) -> Work | None:
    """Return the last work of a kind for one thing that the viewer has been shown; None if there was none."""
    job = jobs.public_last(kind, str(key))
    if job is None:
        return None
    said = str(job.result.get("refused", "")) or (job.message if job.state == job.State.PARKED else "")
    return Work(jobs.is_open(job), job.done, job.total, said)


def answer(request: HttpRequest, work: Work | None, *, title: str, poll: str, then: str) -> HttpResponse:
    """Answer a look at the progress: the fragment again, or the page that follows once the work is over."""
    if work is not None and work.open:
        context = {"work": work, "title": title, "poll_url": poll}
        return render(request, "web/_working.html", context)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = then
    return response
