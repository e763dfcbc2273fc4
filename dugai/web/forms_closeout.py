"""Forms of acceptance and close-out: what is typed, in words; the services decide whether it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.acceptance.entries import Answers, Claim, Finding, Visit
from dugai.kernel import clock
from dugai.web.forms import HouseForm
from dugai.web.forms_ledger import area

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dugai.acceptance.models import CaseMeasure
    from dugai.kernel.errors import DomainError
    from dugai.ledger.models import Measure

MET, NOT_MET = "met", "not_met"
YES, NO = "yes", "no"
YES_NO = ((YES, "是"), (NO, "否"))
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
NOT_A_TIME = {"invalid": "不是时间。请写成 2026-05-18 09:30。"}


class SeenForm(HouseForm):
    """A form that carries the version its reader saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def look_again(self, version: int) -> None:
        """Let the next try stand on `version`, which the page now shows; what was typed stays."""
        typed: Any = self.data
        again = typed.copy()
        again["seen_version"] = str(version)
        self.data = again


class ApplyForm(SeenForm):
    """申请验收: one statement, and a line for each measure."""

    statement = area("自查自验情况", rows=5, help_text="怎么自查的、结论是什么", longest=5000)

    def __init__(self, *args: Any, measures: Sequence[Measure], **kwargs: Any) -> None:
        """Ask for each measure what was done and where the proof is."""
        super().__init__(*args, **kwargs)
        self.measures = list(measures)
        for one in self.measures:
            claim = area(f"措施 {one.number} 完成情况", required=False, longest=5000)
            proof = forms.CharField(label=f"措施 {one.number} 佐证材料", max_length=500, required=False)
            for name, field in ((f"claim_{one.pk}", claim), (f"proof_{one.pk}", proof)):
                field.widget.attrs["class"] = "input"
                self.fields[name] = field

    def claims(self) -> list[Claim]:
        """Return the lines of the table."""
        data = self.cleaned_data
        return [Claim(one.pk, data[f"claim_{one.pk}"], data[f"proof_{one.pk}"]) for one in self.measures]


class FindingsForm(SeenForm):
    """An opinion, and for each measure whether it is in place."""

    opinion = area("意见", required=False, rows=3, help_text="退回时必填，写清要补什么", longest=1000)

    def __init__(self, *args: Any, lines: Iterable[CaseMeasure], **kwargs: Any) -> None:
        """Ask for a conclusion on each measure."""
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            number, key = line.measure.number, line.measure_id
            met = forms.ChoiceField(
                label=f"措施 {number} 核查结论",
                choices=((MET, "落实到位"), (NOT_MET, "没有落实")),
                widget=forms.RadioSelect,
                required=False,
                initial=line.conclusion or None,
            )
            note = forms.CharField(
                label=f"措施 {number} 说明", max_length=500, required=False, initial=line.note
            )
            note.widget.attrs["class"] = "input"
            self.fields[f"met_{key}"], self.fields[f"note_{key}"] = met, note

    def findings(self) -> list[Finding]:
        """Return what was concluded; a measure left alone is not in it."""
        data = self.cleaned_data
        keys = [line.measure_id for line in self.lines if data[f"met_{line.measure_id}"]]
        return [Finding(key, data[f"met_{key}"] == MET, data[f"note_{key}"]) for key in keys]


class VisitForm(FindingsForm):
    """现场核查: who, where, when, what they saw."""

    members = forms.CharField(
        label="核查人员", max_length=300, help_text="至少两人，用顿号或空格隔开，如 沈岩、江月"
    )
    place = forms.CharField(label="核查地点", max_length=200, help_text="写到村、路口或厂区位置")
    began_at = forms.DateTimeField(label="开始时间", input_formats=TIMES, error_messages=NOT_A_TIME)
    ended_at = forms.DateTimeField(label="结束时间", input_formats=TIMES, error_messages=NOT_A_TIME)
    latitude = forms.DecimalField(label="纬度", required=False, max_digits=9, decimal_places=6)
    longitude = forms.DecimalField(label="经度", required=False, max_digits=9, decimal_places=6)
    findings_text = area("现场看到的情况", rows=5, help_text="看了哪里、看到什么，写事实和数字", longest=5000)
    draft_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    passed = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress times and numbers for a phone's keyboard."""
        super().__init__(*args, **kwargs)
        for name in ("began_at", "ended_at"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )
        for name in ("latitude", "longitude"):
            self.fields[name].error_messages["invalid"] = "不是数。请写成 26.123456。"
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def visit(self) -> Visit:
        """Return the visit as the service takes it."""
        data = self.cleaned_data
        names = data["members"].translate(str.maketrans("、，,；;\n\t　", "        ")).split()
        return Visit(
            members=tuple(names),
            place=data["place"],
            began_at=data["began_at"],
            ended_at=data["ended_at"],
            findings=data["findings_text"],
            longitude=data["longitude"],
            latitude=data["latitude"],
        )

    def take(self, refusal: DomainError) -> None:
        """Show a refusal beside its field; the service calls the text of the visit `findings`."""
        fields = getattr(refusal, "fields", {})
        if "findings" in fields:
            self.add_error("findings_text", fields["findings"])
            fields = {name: said for name, said in fields.items() if name != "findings"}
            for name, said in fields.items():
                if name in self.fields:
                    self.add_error(name, said)
            return
        super().take(refusal)


class SignForm(SeenForm):
    """审核签字: the step that was seen, and an opinion."""

    opinion = area("签字意见", required=False, rows=4, help_text="退回时必填，写清要补什么", longest=1000)
    step = forms.CharField(max_length=24, widget=forms.HiddenInput)


class NoticeForm(SeenForm):
    """发布公示: where it stands and whom to call; everything else comes from the ledger."""

    channel = forms.CharField(label="公示渠道", max_length=60, required=False)
    address = forms.CharField(
        label="公示网址或版面", max_length=300, help_text="公众照着能找到，如 朔岭市政府网站/公示公告/第12号"
    )
    contact = forms.CharField(label="受理异议的联系方式", max_length=120, help_text="单位和电话")


class ObjectionForm(HouseForm):
    """登记异议: what somebody objects; who they are is sealed."""

    received_on = forms.DateField(label="收到日期")
    channel = forms.CharField(label="来源", max_length=40, help_text="如 电话、来信、网上留言")
    content = area("异议内容", rows=5, longest=4000)
    contact = forms.CharField(
        label="反映人和联系方式", max_length=200, required=False, help_text="加密保存，只有答复异议的人能看"
    )


class AnswerForm(SeenForm):
    """答复异议."""

    answer = area("核查情况和答复", rows=5, longest=4000)


class ReasonForm(SeenForm):
    """A reason, and nothing else."""

    reason = area("理由", rows=3, longest=500)


class CloseForm(SeenForm):
    """提出销号."""

    reason = area("说明", required=False, rows=3, help_text="不写就记“各项要件齐备”", longest=500)


class OpinionForm(SeenForm):
    """审批: an opinion, which a refusal needs."""

    opinion = area("意见", required=False, rows=3, help_text="不同意时必填", longest=500)


class FileForm(SeenForm):
    """备案."""

    filed_with = forms.CharField(label="备案机关", max_length=120)


class PlainForm(SeenForm):
    """An act that asks nothing more than whether it is meant."""


class ReopenForm(SeenForm):
    """提出重新整改."""

    reason = area("理由", rows=4, help_text="写清哪里反弹、怎么发现的", longest=1000)
    requirement = area("整改要求", required=False, rows=3)
    due = forms.DateField(label="要求完成日期", required=False)


class StrengthenForm(SeenForm):
    """提出强化整改."""

    reason = area("理由", rows=4, longest=1000)
    requirement = area("整改要求", rows=3)
    due = forms.DateField(label="要求完成日期")


class CarryOverForm(SeenForm):
    """提出转入下一轮."""

    reason = area("理由", rows=4, longest=1000)
    successor = forms.CharField(
        label="下一轮的问题编号",
        required=False,
        max_length=60,
        help_text="已经登记的填编号；还没有登记就空着",
    )


class LookBackPlanForm(HouseForm):
    """安排回头看: what to draw from, the seed, who goes."""

    title = forms.CharField(label="名称", max_length=120, help_text="如 2026年第四季度回头看")
    region = forms.CharField(label="地区", max_length=120)
    seed = forms.CharField(
        label="抽取种子", max_length=80, help_text="事先公布的一句话或一个号码；凭它任何人都能重算抽取结果"
    )
    share_percent = forms.IntegerField(label="抽查比例（%）", required=False, min_value=1, max_value=100)
    due = forms.DateField(label="完成期限")
    visitors = forms.CharField(
        label="回访单位",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写单位名称，几个单位用顿号隔开，轮流分派；申请单位和牵头单位不能回访自己的",
    )


class LookBackForm(SeenForm):
    """回访: the three questions and what was found."""

    rebound = forms.ChoiceField(label="问题反弹了吗", choices=YES_NO, widget=forms.RadioSelect)
    in_place = forms.ChoiceField(label="整改到位吗", choices=YES_NO, widget=forms.RadioSelect)
    stable = forms.ChoiceField(label="成效稳固吗", choices=YES_NO, widget=forms.RadioSelect)
    visited_on = forms.DateField(label="回访日期")
    findings = area("回访情况", rows=5, help_text="看了哪里、看到什么", longest=5000)

    def answers(self) -> Answers:
        """Return the answers as the service takes them."""
        data = self.cleaned_data
        return Answers(
            rebound=data["rebound"] == YES,
            in_place=data["in_place"] == YES,
            stable=data["stable"] == YES,
            findings=data["findings"],
            visited_on=data["visited_on"],
        )


def now_for_form() -> str:
    """Return the present minute as a control of type datetime-local writes it."""
    return f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}"
