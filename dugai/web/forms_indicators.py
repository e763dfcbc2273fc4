"""Forms of indicators: a reading with its source, a target, a definition."""

from __future__ import annotations

from typing import Any

from django import forms

from dugai.indicators.rules_span import HOW
from dugai.indicators.states import Better, IndicatorKind, Nature
from dugai.web.forms import HouseForm

NUMBER = {
    "invalid": "不是数。请只填数字，单位不用写。",
    "max_digits": "数太大。",
    "max_whole_digits": "数太大。",
}


def number(label: str, **more: Any) -> forms.DecimalField:
    """Return a field for an exact number."""
    return forms.DecimalField(
        label=label,
        max_digits=15,
        decimal_places=4,
        error_messages={**NUMBER, "max_decimal_places": "小数最多 4 位。"},
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        **more,
    )


class SaidForm(HouseForm):
    """What is said of a reading."""

    value = number("数值")
    as_of = forms.DateField(label="数据截至", required=False, help_text="不填就取时段的最后一天")
    source = forms.CharField(label="来源", max_length=200, help_text="哪份文件、哪个部门")
    quote = forms.CharField(label="原文", max_length=500, required=False, help_text="来源里的那句话")
    sample_size = forms.CharField(label="样本量", max_length=60, required=False, help_text="如 112个断面")
    exclusions = forms.CharField(
        label="剔除说明", max_length=200, required=False, help_text="如 扣除沙尘影响后"
    )


class ReadingForm(SaidForm):
    """One new reading."""

    period = forms.CharField(label="时段", max_length=40, help_text=HOW)
    field_order = ("period", "value", "as_of", "source", "quote", "sample_size", "exclusions")


class CorrectForm(SaidForm):
    """A new version of a reading."""

    reason = forms.CharField(label="更正的原因", max_length=300)


class TargetForm(HouseForm):
    """A target: at least, at most, or both."""

    period = forms.CharField(label="时段", max_length=40, help_text="目标管到哪一段，如 2026年")
    low = number("不低于", required=False)
    high = number("不高于", required=False)
    source = forms.CharField(label="目标来源", max_length=200, help_text="哪份方案、哪份责任书")
    quote = forms.CharField(label="原文", max_length=500, required=False)
    reason = forms.CharField(
        label="修改原因", max_length=300, required=False, help_text="这个时段已有目标时要写"
    )


class DefinitionForm(HouseForm):
    """What an indicator is."""

    code = forms.SlugField(
        label="代码",
        max_length=40,
        help_text="小写字母、数字和下划线，定了不改",
        error_messages={"invalid": "只用字母、数字、下划线和短横线。"},
    )
    name = forms.CharField(label="名称", max_length=60)
    unit = forms.CharField(label="单位", max_length=20)
    kind = forms.ChoiceField(label="类别", choices=IndicatorKind.choices)
    nature = forms.ChoiceField(
        label="数的性质",
        choices=Nature.choices,
        help_text="比率的变动以个百分点计，数量以 % 计，名次以位计；定了不改",
    )
    better = forms.ChoiceField(label="方向", choices=Better.choices)
    definition = forms.CharField(
        label="定义", max_length=500, widget=forms.Textarea({"rows": 3, "class": "input"})
    )
    base_year = forms.IntegerField(
        label="基年", required=False, error_messages={"invalid": "请写年份，如 2020。"}
    )
    no_worse = forms.BooleanField(label="只能更好、不能变坏", required=False)
    cumulative = forms.BooleanField(label="累计量，期末才与目标比", required=False)


class ChangeDefinitionForm(HouseForm):
    """What may change in an indicator afterwards."""

    definition = forms.CharField(
        label="定义", max_length=500, widget=forms.Textarea({"rows": 3, "class": "input"})
    )
    base_year = forms.IntegerField(
        label="基年", required=False, error_messages={"invalid": "请写年份，如 2020。"}
    )
    no_worse = forms.BooleanField(label="只能更好、不能变坏", required=False)
    reason = forms.CharField(label="修改原因", max_length=300)
