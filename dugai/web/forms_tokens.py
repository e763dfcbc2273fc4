"""The form of a new token."""

from __future__ import annotations

from django import forms

from dugai.people.states_token import TokenScope
from dugai.web.forms import HouseForm


class TokenForm(HouseForm):
    """What a token is for, what it may be used for, and its last day."""

    label = forms.CharField(
        label="用途", max_length=80, help_text="写清给哪个程序用，例如：每晚同步到数据平台。"
    )
    scopes = forms.MultipleChoiceField(
        label="范围",
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="令牌能做的不超过您本人能做的，也不超过这里勾选的。",
    )
    expires_on = forms.DateField(label="最后一天", help_text="最长一年。到期后另开一个。")
