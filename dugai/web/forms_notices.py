"""The forms of one's own notices: what reaches a person how, the address for mail, the robot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.notices.states_delivery import Channel, NoticeGroup, RobotKind, When
from dugai.web.forms import HouseForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms.boundfield import BoundField

HOURS = [("", "不设"), *((str(hour), f"{hour} 点") for hour in range(24))]


def _name(group: NoticeGroup, channel: Channel) -> str:
    return f"{group.value}-{channel.value}"


class ChoiceForm(HouseForm):
    """One choice for each group and channel, the digest and the quiet hours."""

    digest = forms.BooleanField(label="每个工作日早上发一份汇总", required=False)
    quiet_from = forms.TypedChoiceField(
        label="免打扰从", choices=HOURS, required=False, coerce=int, empty_value=None
    )
    quiet_until = forms.TypedChoiceField(
        label="到", choices=HOURS, required=False, coerce=int, empty_value=None
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, chosen: Mapping[NoticeGroup, Mapping[Channel, When]], **kwargs: Any
    ) -> None:
        """Add the fields of the table; `chosen` is what holds now."""
        super().__init__(*args, **kwargs)
        for group in NoticeGroup:
            for channel in Channel:
                self.fields[_name(group, channel)] = forms.ChoiceField(
                    label=f"{group.label}：{channel.label}",
                    choices=When.choices,
                    initial=chosen[group][channel],
                    widget=forms.Select(attrs={"class": "input"}),
                )

    def rows(self) -> list[tuple[str, list[tuple[str, BoundField]]]]:
        """Return the table: each group with its controls, by channel."""
        return [
            (group.label, [(channel.label, self[_name(group, channel)]) for channel in Channel])
            for group in NoticeGroup
        ]

    def choices(self) -> dict[str, dict[str, str]]:
        """Return what was chosen, as the service takes it."""
        return {
            group.value: {channel.value: self.cleaned_data[_name(group, channel)] for channel in Channel}
            for group in NoticeGroup
        }


class MailForm(HouseForm):
    """The address that mail goes to."""

    email = forms.CharField(
        label="邮箱地址",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        help_text="先发一封确认信，点了里面的链接才开始用。建议用单位邮箱。",
    )


class RobotForm(HouseForm):
    """A chat group's robot."""

    kind = forms.ChoiceField(label="哪一种", choices=RobotKind.choices)
    url = forms.CharField(
        label="机器人地址",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text="在群里添加机器人后得到的 Webhook 地址。存下后不再显示。",
    )
    secret = forms.CharField(
        label="加签密钥",
        max_length=200,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="钉钉机器人选了“加签”才有，以 SEC 开头。",
    )
