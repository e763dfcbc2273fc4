"""The frame around a page: who is looking and as whom, the round that is open, the ways to go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

from dugai.insight import queries_frame
from dugai.kernel import clock
from dugai.notices import queries as notices
from dugai.people import queries_posts as posts
from dugai.people.states import Role
from dugai.web import navigation

if TYPE_CHECKING:
    from dugai.people.models import User


class SignedInRequest(HttpRequest):
    """A request that has passed the sign-in middleware; `user` is the account that is worked through."""

    user: User


@dataclass(frozen=True, slots=True)
class Post:
    """One account a person may work through: their own, or one they stand in for."""

    organisation: str
    words: str
    deputy: int | str
    current: bool


def frame_of(request: HttpRequest) -> Frame:
    """Return the frame of a request; the same one for the view and for its templates."""
    found: Frame | None = getattr(request, "_frame", None)
    if found is None:
        found = Frame(request)
        request._frame = found  # type: ignore[attr-defined]  # noqa: SLF001  kept for one request
    return found


class Frame:
    """Everything the frame's templates show; each question is asked once and only when shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def viewer(self) -> User | None:
        """Return who is signed in, as the account they work through."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def signed_in(self) -> bool:
        """Say whether somebody is signed in."""
        return self.viewer is not None

    @property
    def account(self) -> str:
        """Return the key of the account and of the human being behind it, for what a device keeps."""
        return f"{self.viewer.pk}-{self.viewer.person.pk}" if self.viewer else ""

    @property
    def here(self) -> str:
        """Return the name of the page that is shown."""
        match = self._request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def organisation(self) -> str:
        """Return the name of the organisation the viewer works for."""
        return str(self.viewer.organisation) if self.viewer else ""

    @cached_property
    def person(self) -> str:
        """Return the name of the human being who is signed in."""
        return self.viewer.person.name if self.viewer else ""

    @cached_property
    def role(self) -> str:
        """Return what the viewer does, in words; a deputy is named as one."""
        if self.viewer is None:
            return ""
        words = Role(self.viewer.role).label
        return f"代理 {self.viewer.name} · {words}" if self.viewer.principal_of else words

    @cached_property
    def posts(self) -> list[Post]:
        """Return the accounts the person may work through, their own first."""
        if self.viewer is None:
            return []
        person = self.viewer.person
        own = Post(str(person.organisation), Role(person.role).label, "", person.pk == self.viewer.pk)
        if not getattr(person, "stands_in", True):  # the sign-in has already asked
            return [own]
        others = [
            Post(
                str(deputy.principal.organisation),
                f"代理 {deputy.principal.name}，至 {deputy.ends_on.month}月{deputy.ends_on.day}日",
                deputy.pk,
                deputy.principal_id == self.viewer.pk,
            )
            for deputy in posts.deputisings(person, clock.today())
        ]
        return [own, *others]

    @property
    def switch_url(self) -> str:
        """Return where the choice of a post is sent."""
        return reverse("switch_post")

    @cached_property
    def round(self) -> queries_frame.OpenRound | None:
        """Return the open round that concerns the viewer, the one that ends first."""
        return queries_frame.open_round(self.viewer, clock.today()) if self.viewer else None

    @cached_property
    def unread(self) -> str:
        """Return how many messages wait, in words; empty for none."""
        count = notices.unread_count(self.viewer) if self.viewer else 0
        if count > notices.UNREAD_SHOWN:
            return f"{notices.UNREAD_SHOWN}+"
        return str(count) if count else ""

    @property
    def messages_url(self) -> str:
        """Return the address of the inbox."""
        return navigation.address("messages")

    @property
    def search_url(self) -> str:
        """Return where a search goes: the search page, else the ledger with the words as a filter."""
        if self.viewer is None or self.viewer.role not in navigation.BUSINESS:
            return ""
        return navigation.address("search") or navigation.address("tasks")

    @property
    def search_words(self) -> str:
        """Return what the search box finds."""
        return "搜问题、措施、任务" if navigation.address("search") else "搜任务名称或编号"

    @property
    def my_reports_url(self) -> str:
        """Return the address of the reports the viewer's unit owes."""
        return navigation.address("my_reports")

    @property
    def sign_out_url(self) -> str:
        """Return the address that signs out."""
        return navigation.address("sign_out")

    @cached_property
    def account_links(self) -> list[navigation.Link]:
        """Return the pages about the account itself."""
        return self._links(navigation.ACCOUNT)

    @cached_property
    def nav(self) -> dict[str, object]:
        """Return the side navigation: the first link, the loop, the groups below it."""
        groups = [{"word": word, "links": self._links(places)} for word, places in navigation.GROUPS]
        return {
            "first": self._links(navigation.FIRST),
            "loop": self._links(navigation.LOOP),
            "groups": [group for group in groups if group["links"]],
        }

    @cached_property
    def tabs(self) -> list[navigation.Link]:
        """Return at most five places for a thumb."""
        return self._links(navigation.TABS)[:5]

    def _links(self, places: tuple[navigation.Place, ...]) -> list[navigation.Link]:
        return navigation.links(places, self.viewer.role if self.viewer else "", self.here)
