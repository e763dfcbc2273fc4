"""Forms of the documents that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.intake.doubts import WORDS
from dugai.intake.media import SUFFIXES
from dugai.intake.proposing import MEASURE_FIELDS, PROBLEM_FIELDS, UNITS
from dugai.intake.states import ProposalKind
from dugai.web.forms import HouseForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.intake.models import Proposal

HINTS = {
    "number": "留空则入账时接着最大的序号编",
    "deadline": "照原文写，例如 2026年12月底前、立行立改，长期坚持",
    "lead": "只能有一个",
    "responsible": "几个单位用“、”分开",
}


class DocumentForm(HouseForm):
    """接件: the file, and where its problems go."""

    file = forms.FileField(
        label="文件",
        help_text="docx、xlsx、csv、pdf（含扫描件）、ofd、网页（html、mhtml）、txt、jpg、png、webp；"
        "服务器装有 LibreOffice 时还有 doc、wps、xls。最大 50 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(sorted(SUFFIXES))}),
        error_messages={"required": "请选一个文件，或把文件拖到这里。"},
    )
    inspection = forms.ChoiceField(label="督察", help_text="认出的问题记在这次督察之下")
    home = forms.CharField(label="所属地区", max_length=120)
    lead = forms.CharField(
        label="没写牵头单位时由谁牵头", max_length=120, required=False, help_text="公开稿常不写牵头单位"
    )

    def __init__(self, *args: Any, inspections: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the inspections the viewer keeps."""
        super().__init__(*args, **kwargs)
        self.fields["inspection"].choices = [(str(key), name) for key, name in inspections]  # type: ignore[attr-defined]


class ProposalForm(HouseForm):
    """修改: the values of one proposal, each a line of text; units parted by 、."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        """Show the fields of the proposal's kind with what they hold now."""
        names = PROBLEM_FIELDS if proposal.kind == ProposalKind.PROBLEM else MEASURE_FIELDS
        values = proposal.values
        kwargs.setdefault(
            "initial",
            {"seen_version": proposal.version}
            | {name: "、".join(values[name]) if name in UNITS else values[name] for name in names},
        )
        super().__init__(*args, **kwargs)
        for name in names:
            widget = forms.Textarea(attrs={"rows": 8 if name == "text" else 3, "class": "input"})
            self.fields[name] = forms.CharField(
                label=WORDS[name],
                required=False,
                max_length=20_000,
                strip=name != "text",  # a place to split at counts characters
                help_text=HINTS.get(name, ""),
                widget=widget
                if name in {"text", "goal"}
                else forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            )

    def values(self) -> dict[str, Any]:
        """Return what was typed as the service takes it."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}
        for name in UNITS:
            if name in found:
                found[name] = [unit.strip() for unit in found[name].replace("，", "、").split("、")]
        return found
