"""Forms that correct a measure and a 点位; what an approved plan binds is locked in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from dugai.web.forms import HouseForm
from dugai.web.forms_ledger import SiteForm, area

if TYPE_CHECKING:
    from collections.abc import Iterable

MEASURE_BOUND_FIELDS = ("text", "deadline")


class MeasureEditForm(HouseForm):
    """What may be corrected in a measure; its words and date are locked once a plan binds them."""

    text = area("整改措施", rows=4)
    deadline = forms.CharField(
        label="整改时限", max_length=200, required=False, help_text="例如 2026年12月底前、立行立改，长期坚持"
    )
    narrative = area("进展情况", required=False, rows=3)
    note = area("备注", required=False, rows=2)
    reason = forms.CharField(label="修改原因", max_length=300, required=False)


class SiteEditForm(SiteForm):
    """What may be corrected in a 点位, and what was done with it."""

    measure = forms.ChoiceField(label="所属措施", required=False)
    plan = area("一点一策", required=False, rows=3)
    disposition = forms.CharField(label="处置方式", max_length=60, required=False)
    done_on = forms.DateField(label="完成日期", required=False, help_text="没有完成就空着")

    def __init__(self, *args: Any, measures: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the measures of the problem."""
        super().__init__(*args, **kwargs)
        choices = [("", "不单指哪一条"), *((str(key), words) for key, words in measures)]
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for both coordinates or none."""
        found = super().clean() or self.cleaned_data
        pair = ("longitude", "latitude")
        given = [name for name in pair if found.get(name) is not None]
        if len(given) == 1 and not set(pair) & set(self.errors):
            (missing,) = set(pair) - set(given)
            self.add_error(missing, "经度和纬度要一起填，或都空着。")
        return found
