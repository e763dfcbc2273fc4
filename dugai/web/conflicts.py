"""两个人改同一项: the later one sees what stands there now beside what they wrote, and loses neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.insight.queries_history import history
from dugai.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.journal.models import Recorded
    from dugai.people.models import User
    from dugai.web.forms import HouseForm

EMPTY = "没有写"


def show_both(viewer: User, row: Recorded, form: HouseForm, now: Mapping[str, Any]) -> None:
    """Put what stands there now beside each field that was typed otherwise; say who changed it and when.

    `row` was read through the viewer's eyes after the refusal; `now` gives its values as the form shows them.
    """
    lines = history(viewer, {row.subject_type: [row.pk]}, names={}, count=1)
    said = "有人改过这一项。"
    if lines:
        at = lines[0].at
        day = "" if at.date() == clock.today() else f"{at.month}月{at.day}日 "
        said = f"{lines[0].who} {day}{at:%H:%M} 改过这一项。"
    form.add_error(None, f"{said}您写的还在下面，请对照后再存。")
    for name, value in now.items():
        if name in form.fields and form.data.get(form.add_prefix(name)) is not None:
            typed = form[name].field.to_python(form.data.get(form.add_prefix(name)))
            if _plain(typed) != _plain(value):
                form.fields[name].now = _plain(value) or EMPTY  # type: ignore[attr-defined]


def _plain(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "是" if value is True else str(value).strip().replace("\r\n", "\n")
