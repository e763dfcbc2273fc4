"""Forms of the ledger: what is typed, in words; the services decide whether it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.ledger.states import (
    ChangeKind,
    InspectionLevel,
    InspectionType,
    LinkKind,
    ProblemKind,
    SourceClass,
    SourceType,
)
from dugai.web.forms import HouseForm

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTS_TO_CHOOSE = (
    ("responsible", "责任单位"),
    ("cooperating", "配合单位"),
    ("supervising", "督导单位"),
    ("accepting", "验收单位"),
    ("lead", "牵头单位（换下现在的）"),
)


class Lines(forms.CharField):
    """Several lines of text with one kind of line end: to look at a text and save it changes nothing."""

    def to_python(self, value: Any) -> Any:
        """Return the text as the ledger keeps it."""
        return str(super().to_python(value)).replace("\r\n", "\n")


def area(
    label: str, *, required: bool = True, rows: int = 3, help_text: str = "", longest: int = 20_000
) -> forms.CharField:
    """Return a field for several lines of text."""
    return Lines(
        label=label,
        required=required,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class InspectionForm(HouseForm):
    """发现交办: one inspection."""

    code = forms.CharField(label="督察编号", max_length=40, help_text="用作问题编号的开头，例如 JY3")
    name = forms.CharField(label="督察名称", max_length=200)
    level = forms.ChoiceField(label="督察级别", choices=InspectionLevel.choices)
    type = forms.ChoiceField(label="督察类型", choices=InspectionType.choices)
    object = forms.CharField(label="督察对象", max_length=120, help_text="写地区名称，例如 江源省")
    round = forms.IntegerField(label="轮次", required=False, min_value=1, max_value=99)
    batch = forms.IntegerField(label="批次", required=False, min_value=1, max_value=99)
    team = forms.CharField(label="督察组", required=False, max_length=60)
    present_from = forms.DateField(label="进驻日期", required=False)
    present_until = forms.DateField(label="进驻结束", required=False)
    fed_back_on = forms.DateField(label="反馈日期", required=False)


class ProblemForm(HouseForm):
    """建账: one problem, in the words of the report; its measures stand beside it in rows."""

    inspection = forms.ChoiceField(label="督察")
    number = forms.IntegerField(label="序号", min_value=1, max_value=999_999)
    text = area("问题原文", rows=6, help_text="照反馈意见原文录入，不改动")
    title = forms.CharField(label="问题摘要", max_length=200, required=False, help_text="不写就取原文第一句")
    category = forms.CharField(label="问题类别", max_length=200, required=False)
    kind = forms.ChoiceField(label="问题类型", choices=ProblemKind.choices)
    source = forms.ChoiceField(label="来源", choices=SourceType.choices)
    source_class = forms.ChoiceField(label="交办层级", choices=SourceClass.choices)
    home = forms.CharField(label="所属地区", max_length=120)
    lead = forms.CharField(label="牵头单位", max_length=120, help_text="只能有一个")
    cooperating = forms.CharField(
        label="配合单位", max_length=1000, required=False, help_text="几个单位用“、”分开"
    )
    supervising = forms.CharField(label="督导单位", max_length=1000, required=False)
    accepting = forms.CharField(label="验收单位", max_length=1000, required=False)
    leader_name = forms.CharField(label="督办领导", max_length=60, required=False)
    goal = area("整改目标", required=False, rows=2)
    requirement = area("整改要求", required=False, rows=2)
    standard = area("整改标准", required=False, rows=2)

    def __init__(self, *args: Any, inspections: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the inspections the viewer keeps."""
        super().__init__(*args, **kwargs)
        self.fields["inspection"].choices = [(str(key), name) for key, name in inspections]  # type: ignore[attr-defined]


class ProblemEditForm(HouseForm):
    """What may be corrected in an entry; the bound part is locked once a plan binds it."""

    text = area("问题原文", rows=6)
    title = forms.CharField(label="问题摘要", max_length=200)
    goal = area("整改目标", required=False, rows=2)
    requirement = area("整改要求", required=False, rows=2)
    standard = area("整改标准", required=False, rows=2)
    category = forms.CharField(label="问题类别", max_length=200, required=False)
    sector = forms.CharField(label="领域", max_length=40, required=False)
    leader_name = forms.CharField(label="督办领导", max_length=60, required=False)
    engineering = forms.BooleanField(label="工程类", required=False)
    prone_to_rebound = forms.BooleanField(label="易反弹", required=False)
    note = area("备注", required=False, rows=2)
    reason = forms.CharField(label="修改原因", max_length=300, required=False)


BOUND_FIELDS = ("text", "title", "goal", "requirement", "standard")


class PartForm(HouseForm):
    """One more unit that takes part."""

    organisation = forms.CharField(label="单位", max_length=120)
    part = forms.ChoiceField(label="分工", choices=PARTS_TO_CHOOSE)
    person = forms.CharField(label="责任人", max_length=60, required=False)


class SiteForm(HouseForm):
    """One more 点位."""

    name = forms.CharField(label="点位名称", max_length=120)
    region = forms.CharField(label="所在地区", max_length=120)
    kind = forms.CharField(label="点位类型", max_length=40, required=False)
    longitude = forms.DecimalField(
        label="经度", required=False, max_digits=9, decimal_places=6, min_value=-180, max_value=180
    )
    latitude = forms.DecimalField(
        label="纬度", required=False, max_digits=8, decimal_places=6, min_value=-90, max_value=90
    )
    datum = forms.ChoiceField(
        label="坐标系",
        required=False,
        choices=[("", "没有坐标"), *((word, word) for word in ("CGCS2000", "WGS84", "GCJ-02", "BD-09"))],
    )


class LinkForm(HouseForm):
    """How this problem follows from another one."""

    earlier = forms.CharField(label="前面那个问题的编号", max_length=60)
    relation = forms.ChoiceField(label="关系", choices=LinkKind.choices)
    reason = forms.CharField(label="说明", max_length=300, required=False)


class ChangeForm(HouseForm):
    """申请调整: what, to what, and why. Only the value of the chosen kind is asked for."""

    field = forms.ChoiceField(label="调整什么", choices=ChangeKind.choices, widget=forms.RadioSelect)
    deadline = forms.CharField(
        label="新的整改时限",
        max_length=200,
        required=False,
        help_text="例如 2027年6月底前、立行立改，长期坚持",
    )
    organisation = forms.CharField(label="新的单位", max_length=120, required=False)
    column = forms.ChoiceField(label="改哪一段文字", required=False)
    text = area("新的文字", required=False, rows=4)
    target = forms.ChoiceField(label="哪个量化目标", required=False)
    amount = forms.CharField(label="新的目标量", max_length=20, required=False)
    reason = area("理由", rows=3, help_text="写清为什么要调、依据是什么", longest=500)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kinds: list[str],
        columns: list[tuple[str, str]],
        targets: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer what the subject has."""
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [choice for choice in ChangeKind.choices if choice[0] in kinds]  # type: ignore[attr-defined]
        self.fields["column"].choices = columns  # type: ignore[attr-defined]
        self.fields["target"].choices = targets  # type: ignore[attr-defined]

    def new(self) -> dict[str, Any]:
        """Return the new value as the service takes it (the unit by name still)."""
        data = self.cleaned_data
        by_kind: dict[str, dict[str, Any]] = {
            ChangeKind.DEADLINE: {"text": data["deadline"]},
            ChangeKind.OWNER: {"organisation": data["organisation"]},
            ChangeKind.TARGET: {"target": data["target"], "amount": data["amount"]},
            ChangeKind.WORDING: {"column": data["column"], "text": data["text"]},
        }
        return by_kind[data["field"]]


class PlanForm(HouseForm):
    """A plan begins."""

    inspection = forms.ChoiceField(label="督察")
    organisation = forms.CharField(label="方案由谁起草", max_length=120)
    title = forms.CharField(label="方案名称", max_length=200)

    def __init__(self, *args: Any, inspections: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the inspections the viewer keeps."""
        super().__init__(*args, **kwargs)
        self.fields["inspection"].choices = [(str(key), name) for key, name in inspections]  # type: ignore[attr-defined]


class ImportForm(HouseForm):
    """导入清单: the workbook and what it does not say itself."""

    file = forms.FileField(
        label="整改措施清单（.xlsx）",
        help_text="最大 50 MB，一次最多 10 万行",
        error_messages={"required": "请选一个 .xlsx 文件。"},
    )
    inspection = forms.ChoiceField(label="督察")
    home = forms.CharField(
        label="所属地区", max_length=120, help_text="表里没有“所属地区”列时，都记在这个地区"
    )
    lead = forms.CharField(label="没写牵头单位时由谁牵头", max_length=120, required=False)
    issued = forms.DateField(
        label="方案印发日期", required=False, help_text="用来读“三个月内”“年底前”；不填按今天"
    )

    def __init__(self, *args: Any, inspections: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the inspections the viewer keeps."""
        super().__init__(*args, **kwargs)
        self.fields["inspection"].choices = [(str(key), name) for key, name in inspections]  # type: ignore[attr-defined]


class InternalDueForm(HouseForm):
    """往前赶: an earlier date of one's own."""

    day = forms.DateField(label="内部时限", required=False, help_text="只能比公布的时限早；空着就是取消")
    reason = forms.CharField(label="说明", max_length=300, required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
