"""数据来源表: for every number of a text its sentence, definition, formula and day. Values in, rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.disclosure import catalogue
from dugai.disclosure.indicator_figures import INDICATOR
from dugai.disclosure.rules_body import STATED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dugai.disclosure.rules_body import Body


def sources_of(
    body: Body, numbers: Sequence[str], sentence_of: Callable[[Body, str], str]
) -> list[dict[str, str]]:
    """Return a row for each figure: number, name, shown, sentence, meaning, how, as_of, note."""
    found = []
    for number in numbers:
        one = body["figures"][number]
        found.append(
            {
                "number": number,
                "name": one["name"],
                "shown": one["shown"],
                "sentence": sentence_of(body, number),
                "as_of": one["as_of"],
                "note": one.get("note", ""),
                **_meaning(one),
            }
        )
    return found


def _meaning(one: dict[str, Any]) -> dict[str, str]:
    if one["code"] == STATED:
        return {"meaning": "由人提供，不是台账统计的数。", "how": f"来源：{one['source']}"}
    if one["code"] == INDICATOR:
        return {"meaning": one["meaning"], "how": f"{one['how']}指标代码：{one['indicator']}"}
    definition = catalogue.get(one["code"])
    how = [definition.formula, definition.scope_rule, f"范围：{one['region_name']}。"]
    if definition.is_rate:
        how.insert(1, f"{one['numerator']} ÷ {one['denominator']}。")
    if one.get("inspection"):
        how.append("只数本次督察。")
    if one.get("problem"):
        how.append("只数本问题。")
    if one.get("batch"):
        how.append("只数本批。")
    if one.get("since") and definition.where is not None and definition.where.flow:
        how.append(f"上期末：{one['since']}。")
    how.append(f"数据项代码：{definition.code}")
    return {"meaning": definition.meaning, "how": " ".join(how)}
