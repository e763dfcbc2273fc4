"""The form of a new webhook."""

from __future__ import annotations

from django import forms

from dugai.notices.states_webhook import WebhookKind
from dugai.web.forms import HouseForm


class WebhookForm(HouseForm):
    """What a webhook is for, where it goes, and of what it tells."""

    label = forms.CharField(label="用途", max_length=80, help_text="写清推给哪个系统，例如：数据平台。")
    url = forms.CharField(
        label="地址",
        max_length=500,
        help_text="对方接收推送的地址，例如 https://data.example.gov.cn/hook。主机要先由系统管理员放行。",
    )
    kinds = forms.MultipleChoiceField(
        label="推送哪些事",
        choices=WebhookKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="只说发生了什么事、哪一项，不带内容；对方凭令牌来取。您看不到的事不推。",
    )
