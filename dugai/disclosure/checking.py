"""All checks over one text: arithmetic, ledger, last period, copies, places, open places, personal data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dugai.disclosure import catalogue, rules_alike, rules_body, rules_check
from dugai.disclosure.indicator_figures import INDICATOR
from dugai.disclosure.models import Text
from dugai.disclosure.rules_body import STATED
from dugai.disclosure.rules_check import Found
from dugai.disclosure.states import OUT
from dugai.disclosure.templates import shipped_wording
from dugai.intake.understand import check_figures
from dugai.kernel.errors import InvalidInput
from dugai.people.models import Organisation
from dugai.people.states import Kind

if TYPE_CHECKING:
    from dugai.disclosure.drafting import Frame

WHY = "paragraphs are compared with those of other offices; only their number and share are told"
COMPARED = 200
REPORTED = frozenset({"任务完成情况", "措施情况"})


def findings(text: Text, frame: Frame) -> list[Found]:
    """Return everything the checks find in a text, computed anew; the same finding once."""
    body = text.body
    lines = [(-1, text.title), *rules_body.lines_of(body)]
    found = [
        *rules_check.open_places(lines),
        *rules_check.personal_data(lines),
        *_arithmetic(lines),
        *rules_check.closing_totals(lines),
        *_against_ledger(body, frame),
        *_typed(body, frame),
        *_against_last(text),
        *_copies(text, lines),
        *_places(text, lines),
        *_hidden(text),
    ]
    return list({one.key: one for one in found}.values())


def _arithmetic(lines: list[tuple[int, str]]) -> list[Found]:
    """Ask the figure checker about sums, rates, changes, units and summary against body."""
    whole = "\n".join(line for _, line in lines)
    starts, at = [], 0
    for block, line in lines:
        starts.append((at, block))
        at += len(line) + 1
    found = []
    for one in check_figures(whole):
        if not one.is_error:
            continue
        place = one.spans[0][0] if one.spans else 0
        block = max((start, number) for start, number in starts if start <= place)[1]
        rule = "rounding" if one.verdict == "minor" else "arithmetic"
        more = f"算得 {one.computed}。" if one.computed else ""
        note = f"{one.note}。" if one.note else ""
        quote = "；".join(re.sub(r"\s+", "", part) for part in one.quotes)
        found.append(Found(rule, f"{one.expr}。{more}{note}", quote, block))
    return found


def _against_ledger(body: dict[str, Any], frame: Frame) -> list[Found]:
    """Compute every figure again on its own day."""
    found = []
    places = Organisation.objects.in_bulk(
        [one["region"] for one in body["figures"].values() if one["code"] != STATED]
    )
    tables = {at for at, block in enumerate(body["blocks"]) if block["kind"] == "table"}
    for number in rules_body.used(body):
        one = body["figures"][number]
        if one["code"] == STATED:
            continue
        quote = rules_body.sentence_of(body, number)
        block = next(
            position
            for position, runs in rules_body.runs_in(body)
            if any(run.get("f") == number for run in runs)
        )
        if one["as_of"] != frame.as_of.isoformat():
            message = f"“{one['name']}”截至 {one['as_of']}，全文截至 {frame.as_of}。请刷新数据。"
            found.append(Found("stale", message, quote, block))
            continue
        try:
            now = frame.again(one, places)
        except InvalidInput as gone:
            found.append(Found("ledger", f"“{one['name']}”：{gone.message}", quote, block))
            continue
        if now["shown"] != one["shown"]:
            message = f"“{one['name']}”文中是 {one['shown']}，台账是 {now['shown']}。请刷新数据。"
            found.append(Found("ledger", message, quote, block))
        elif one["shown"] == "无" and block not in tables:
            message = f"“{one['name']}”的分母是 0，没有比率。请改写这一句。"
            found.append(Found("empty_rate", message, quote, block))
    return found


def _typed(body: dict[str, Any], frame: Frame) -> list[Found]:
    """Compare counts typed into prose with the figures whose names stand before them."""
    found = []
    for block, sentence, number, unit in rules_check.typed_numbers(body):
        before = sentence.rpartition(f"{number}{unit}")[0]
        code = _named(before, unit)
        if code is None:
            message = f"“{number}{unit}”是手写的，不是数据项。请改用数据项，或写成 ⟦={number}{unit}·来源⟧。"
            found.append(Found("typed", message, sentence, block))
            continue
        value = frame.sheet.value(code)
        if value.shown != f"{number}{unit}":
            message = (
                f"手写的“{value.definition.name}{number}{unit}”与台账的 {value.shown} 不符。请改用数据项。"
            )
            found.append(Found("typed_wrong", message, sentence, block))
    return found


def _named(before: str, unit: str) -> str | None:
    """Return the figure whose name ends the words before a number, the longest name first."""
    head = re.sub(r"(?:共|为|是|有|达|达到|计|，|：)+$", "", before)
    fitting = [name for name, code in catalogue.BY_NAME.items() if catalogue.CATALOGUE[code].unit == unit]
    for name in sorted(fitting, key=len, reverse=True):
        if head.endswith(name):
            return catalogue.BY_NAME[name]
    return None


def _against_last(text: Text) -> list[Found]:
    """Compare running totals with the last released text of the same kind and region."""
    last = (
        Text.objects.unscoped("the last released text of the same office's region")
        .filter(genre=text.genre, region=text.region_id, inspection=text.inspection_id, state__in=OUT)
        .filter(problem=text.problem_id, as_of__lt=text.as_of)
        .order_by("-as_of", "-pk")
        .first()
    )
    if last is None:
        return []
    was = {(one["code"], one.get("region")): one for one in last.body["figures"].values()}
    found = []
    for number, one in text.body["figures"].items():
        old = was.get((one["code"], one.get("region")))
        if old is None or one["code"] in {STATED, INDICATOR} or not catalogue.get(one["code"]).rises:
            continue
        if one["numerator"] < old["numerator"]:
            message = (
                f"“{one['name']}”上期（{old['as_of']}）是 {old['shown']}，本期是 {one['shown']}，"
                "累计数不该减少。请查明，并在文中说明原因。"
            )
            found.append(Found("fell", message, rules_body.sentence_of(text.body, number)))
    return found


def _copies(text: Text, lines: list[tuple[int, str]]) -> list[Found]:
    """Compare prose that people wrote with other offices' texts, and reported words with each other."""
    written = {
        at for at, block in enumerate(text.body["blocks"]) if block["kind"] == "p" and not block.get("maker")
    }
    mine = [(at, line) for at, line in lines if at in written]
    others = (
        Text.objects.unscoped(WHY)
        .exclude(office=text.office_id)
        .exclude(pk=text.pk)
        .order_by("-pk")[:COMPARED]
    )
    told: list[tuple[int, str]] = []
    offices: dict[int, str] = {}
    for other in others:
        offices[other.pk] = "已发布的" if other.state in OUT else "另一单位的"
        shipped = _shipped(other)
        told += [
            (other.pk, line)
            for position, line in rules_body.lines_of(other.body)
            if line not in shipped and other.body["blocks"][position]["kind"] == "p"
        ]
    own = _shipped(text)
    found = [
        Found(
            "copy",
            f"这一段有 {copy.share:.0%} 的文字与{offices[copy.source]}文稿相同。请写本地的实际情况。",
            next(line for at, line in mine if at == copy.mine),
            copy.mine,
        )
        for copy in rules_alike.copies([(at, line) for at, line in mine if line not in own], told)
    ]
    reported = [
        (at, line)
        for at, line in lines
        if at >= 0
        and text.body["blocks"][at].get("maker") in {"任务完成情况", "措施情况"}
        and line.startswith("措施")
    ]
    for index, (at, line) in enumerate(reported):
        same = rules_alike.copies([(at, line)], reported[:index])
        if same:
            message = f"这条措施的进展与前面的措施有 {same[0].share:.0%} 相同。请核对是否照抄。"
            found.append(Found("copy", message, line, at))
    return found


def _shipped(text: Text) -> set[str]:
    """Return the paragraphs that come from the shipped template: standing phrases are nobody's copy."""
    wording = shipped_wording(text.genre)
    return {
        line
        for position, line in rules_body.lines_of(text.body)
        if position >= 0 and wording.fullmatch(_skeleton(text.body["blocks"][position]))
    }


def _skeleton(block: dict[str, Any]) -> str:
    """Return the prose of a paragraph without its figures."""
    return "".join(run.get("t", "") for run in block.get("runs", []))


def _places(text: Text, lines: list[tuple[int, str]]) -> list[Found]:
    """Look for regions of the house that lie outside the text's own."""
    region = text.region
    around = set(region.ancestor_paths)
    names: dict[str, str] = {}
    own: list[str] = []
    rows = Organisation.objects.filter(kind=Kind.REGION).values_list("path", "name", "short_name")
    for path, name, short in rows:
        words = {word for word in (name, short) if len(word) > 1}
        if path in around or path.startswith(region.path):
            own += words
        else:
            names |= dict.fromkeys(words, name)
    return rules_check.foreign_places(lines, {word: names[word] for word in names if word not in own}, own)


def _hidden(text: Text) -> list[Found]:
    """Repeat what the scan of each attachment found."""
    return [
        Found("hidden", f"“{row.file.name}”：{words}。请清理后重新上传。", row.file.name)
        for row in text.attachments.filter(removed=False).select_related("file")
        for words in row.hidden
    ]
