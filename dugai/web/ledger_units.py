"""Units typed into a form, found by the names people write, as an import finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.errors import InvalidInput
from dugai.ledger import queries_export, sheet_text
from dugai.ledger.sight import Scope
from dugai.ledger.units import Units
from dugai.people import queries as people

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


class Names:
    """Resolves what one form says about units, seen from the viewer's own region."""

    def __init__(self, viewer: User) -> None:
        self.units = Units(queries_export.public_units())
        top = Scope.top(viewer) or viewer.organisation
        self.here = top.path

    def several(self, field: str, text: str, home: str = "") -> tuple[Organisation, ...]:
        """Return the units a text names. Raises `InvalidInput` for the field with what to write instead."""
        found = []
        for name in sheet_text.split_units(text):
            answer = self.units.find(name, home or self.here)
            if answer.unit is None:
                raise InvalidInput(answer.says, fields={field: answer.says})
            found.append(answer.unit.pk)
        rows = people.public_organisations_by_id(set(found))
        return tuple(rows[key] for key in dict.fromkeys(found))

    def one(self, field: str, text: str, home: str = "") -> Organisation:
        """Return the one unit a text names."""
        found = self.several(field, text, home)
        if len(found) != 1:
            says = f"写了 {len(found)} 个单位，这里只能有一个。" if found else "请写单位名称。"
            raise InvalidInput(says, fields={field: says})
        return found[0]
