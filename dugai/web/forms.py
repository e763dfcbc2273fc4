"""What all forms of the house share: the look of a control and the words of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from dugai.kernel.errors import DomainError


class HouseForm(forms.Form):
    """A form whose controls carry the house's classes and whose errors say what to do."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the controls; keep what was typed when the form comes back."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "input")
            if isinstance(field, forms.ChoiceField):
                field.error_messages["required"] = f"请选{field.label}。"
                field.error_messages["invalid_choice"] = f"没有这个{field.label}。请从列表里选。"
            else:
                field.error_messages["required"] = f"请填{field.label}。"
            if isinstance(field, forms.DateField):
                field.error_messages["invalid"] = "不是日期。请写成 2026-05-18。"
                field.widget = forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d")

    def take(self, refusal: DomainError) -> None:
        """Show a refusal of a service: beside its fields when it names them, else above the form."""
        fields = {name: said for name, said in getattr(refusal, "fields", {}).items() if name in self.fields}
        for name, said in fields.items():
            self.add_error(name, said)
        if not fields:
            self.add_error(None, refusal.message)
