"""Forms of the letters. None asks who complained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.complaints.states import Grade, Pollution, Verdict
from dugai.web.forms import HouseForm
from dugai.web.forms_ledger import area

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_IDENTITY = "不写举报人的姓名、电话、住址和证件号"
CONFIRM_HINT = "系统提示疑似个人信息、而您核对过不是举报人的，在这里写明是谁的、为什么要留"


class BatchForm(HouseForm):
    """交办: which inspection handed how many over to whom, on which day."""

    inspection = forms.ChoiceField(label="督察")
    region = forms.CharField(label="交办地区", max_length=120, help_text="写地区名称，例如 朔岭市")
    number = forms.IntegerField(label="批次", min_value=1, max_value=999)
    handed_on = forms.DateField(label="交办日期", help_text="答复期限按交办那天适用的规则算")

    def __init__(self, *args: Any, inspections: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the inspections the viewer keeps."""
        super().__init__(*args, **kwargs)
        self.fields["inspection"].choices = [(str(key), name) for key, name in inspections]  # type: ignore[attr-defined]


class LetterForm(HouseForm):
    """登记: one letter as it was handed over."""

    number = forms.CharField(label="受理编号", max_length=60, help_text="照交办单，例如 D3SX202505280018")
    region = forms.CharField(label="行政区域", max_length=120)
    types = forms.MultipleChoiceField(
        label="污染类型",
        required=False,
        choices=Pollution.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="一件可以有几种",
    )
    grade = forms.ChoiceField(label="类别", choices=Grade.choices, initial=Grade.ORDINARY)
    summary = area("交办问题基本情况", rows=5, help_text=NO_IDENTITY)
    lead = forms.CharField(label="办理单位", max_length=120, required=False, help_text="不写就先留在整改办")
    confirmed = forms.CharField(label="核实说明", max_length=300, required=False, help_text=CONFIRM_HINT)


class AnswerForm(HouseForm):
    """办理结果: what was found, what was done, who was held to account."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label="是否属实", choices=Verdict.choices, widget=forms.RadioSelect)
    findings = area("调查核实情况", rows=6, help_text="写事实和数字。" + NO_IDENTITY)
    handling = area("处理和整改情况", rows=6)
    accountability = area("责任人被处理情况", required=False, rows=2, help_text="没有的不写")
    persons = forms.IntegerField(
        label="问责人数", required=False, min_value=0, max_value=9999, help_text="一人受几次处理只算 1 人"
    )
    person_times = forms.IntegerField(
        label="问责人次", required=False, min_value=0, max_value=9999, help_text="一人受几次处理算几人次"
    )
    confirmed = forms.CharField(label="核实说明", max_length=300, required=False, help_text=CONFIRM_HINT)


class LetterWorkbookForm(HouseForm):
    """One workbook of letters."""

    file = forms.FileField(
        label="一览表",
        help_text="xlsx，标题行照公开的一览表",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选一个文件。"},
    )
