"""The form with which evidence is handed in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from dugai.evidence.services import Claim
from dugai.evidence.states import Phase
from dugai.kernel import clock
from dugai.web.forms import HouseForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dugai.evidence.queries_page import Choices
    from dugai.evidence.rules import Slot

RENAMED = {"at": "claimed_at"}


class EvidenceForm(HouseForm):
    """佐证: for which criterion, which phase, whose, when and where."""

    slot = forms.ChoiceField(label="佐证类别")
    phase = forms.ChoiceField(
        label="阶段", choices=Phase.choices, help_text="照片、视频选前、中、后；文件选“材料”"
    )
    title = forms.CharField(
        label="名称", required=False, max_length=120, help_text="不写就用文件名；一次传几个时各用各的文件名"
    )
    measure = forms.TypedChoiceField(label="措施", required=False, coerce=int, empty_value=None)
    task = forms.TypedChoiceField(label="任务", required=False, coerce=int, empty_value=None)
    site = forms.TypedChoiceField(label="点位", required=False, coerce=int, empty_value=None)
    claimed_at = forms.DateTimeField(
        label="拍摄或形成时间",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(
            attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={"invalid": "不是时间。请写成 2026-05-18 09:30。"},
    )
    place = forms.CharField(label="地点", required=False, max_length=120, help_text="写到村、路口或厂区位置")
    latitude = forms.DecimalField(
        label="纬度",
        required=False,
        max_digits=9,
        decimal_places=6,
        error_messages={"invalid": "不是数。请写成 26.123456。"},
        help_text="WGS-84 或 2000 坐标，小数度",
    )
    longitude = forms.DecimalField(
        label="经度",
        required=False,
        max_digits=9,
        decimal_places=6,
        error_messages={"invalid": "不是数。请写成 103.654321。"},
    )

    def __init__(self, *args: Any, slots: Sequence[Slot], choices: Choices, **kwargs: Any) -> None:
        """Offer the criteria of the problem and what is in the viewer's sight."""
        super().__init__(*args, **kwargs)
        self._offer(
            "slot", [(slot.code, slot.name + ("" if slot.required else "（选交）")) for slot in slots]
        )
        self._offer("measure", _maybe((one.pk, f"{one} {one.text[:40]}") for one in choices.measures))
        self._offer("task", _maybe((one.pk, f"{one.code} {one.owner}") for one in choices.tasks))
        self._offer("site", _maybe((one.pk, one.name) for one in choices.sites))

    def _offer(self, name: str, offered: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean_claimed_at(self) -> dt.datetime | None:
        """Read a time without a zone as China's."""
        value: dt.datetime | None = self.cleaned_data["claimed_at"]
        if value is None:
            return None
        return value if value.tzinfo else value.replace(tzinfo=clock.SHANGHAI)

    def claim(self) -> Claim:
        """Return what was typed as the services take it."""
        data = self.cleaned_data
        return Claim(
            slot=data["slot"],
            phase=data["phase"],
            title=data["title"],
            measure_id=data["measure"],
            task_id=data["task"],
            site_id=data["site"],
            at=data["claimed_at"],
            place=data["place"],
            latitude=data["latitude"],
            longitude=data["longitude"],
        )


def _maybe(offered: Iterable[tuple[int, str]]) -> list[tuple[Any, str]]:
    return [("", "不对应某一项"), *offered]
