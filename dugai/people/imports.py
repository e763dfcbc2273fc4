"""单位与人员的 Excel: what the columns are, how a row becomes a proposal, and how accepting writes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dugai.kernel.errors import DomainError, Forbidden, require
from dugai.people import policy, services
from dugai.people.models import Organisation, User
from dugai.people.states import ADMIN_ROLES, Kind, Level, Role
from dugai.staging.rows import BadCellError, CellError, Column, Proposed, as_day, as_digits, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from dugai.staging.models import ImportBatch
    from dugai.staging.rows import Cell, Place

IN_QUERY = 500
GRANTED = [role for role in Role if role not in ADMIN_ROLES and role != Role.SERVICE]
KINDS = {kind.label: kind.value for kind in Kind}
LEVELS = {level.label: level.value for level in Level}
ROLES = {role.label: role.value for role in GRANTED}


class _Reader:
    """What both readers share: who imports, and reading a row cell by cell, collecting every error."""

    columns: ClassVar[tuple[Column, ...]]

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Refuse anybody but a system administrator, before the file is opened."""
        del context
        require(actor.role == Role.SYSTEM_ADMIN, "只有系统管理员可以导入单位和人员。", error=Forbidden)
        self.actor = actor
        self.errors: list[CellError] = []
        self.cells: Mapping[str, Cell] = {}
        self.codes: dict[str, str] = dict(Organisation.objects.values_list("code", "path"))

    def begin(self, cells: Mapping[str, Cell]) -> None:
        """Start a row."""
        self.cells, self.errors = cells, []

    def get(self, name: str, how: Callable[[Cell], Any], *, required: bool = False) -> Any:
        """Read one cell by `how`; an error is kept and None returned, so that the others show too."""
        try:
            found = how(self.cells.get(name))
        except BadCellError as bad:
            self.errors.append(CellError(name, bad.says))
            return None
        if required and found in {"", None}:
            self.errors.append(CellError(name, "这一列必填，请填写。"))
        return found

    def word(self, name: str, words: Mapping[str, str]) -> str:
        """Read one word of a closed list; required."""
        found = self.get(name, lambda cell: as_text(cell, longest=40), required=True)
        if found and found not in words:
            self.errors.append(CellError(name, f"不在可选范围。请从{'、'.join(words)}中选一个。"))
        return words.get(found or "", "")

    def place_of(self, name: str, code: str | None) -> str:
        """Return the path of the organisation with a code, when the importer keeps it."""
        path = self.codes.get(code or "")
        if code and path is None:
            self.errors.append(CellError(name, "没有这个单位编码。请先建这个单位，或在前面的行里写上它。"))
        elif path is not None and not path.startswith(self.actor.organisation.path):
            self.errors.append(CellError(name, f"不在{self.actor.organisation}之下。请填下级单位的编码。"))
        return path or ""


class OrganisationReader(_Reader):
    """Reads 单位 rows; a parent stands in the system or higher up in the same file."""

    columns = (
        Column("code", "单位编码", required=True, note="全系统唯一，最多 32 个字符", example="990121SL"),
        Column("name", "单位名称", required=True, example="望渡县水利局"),
        Column("short_name", "简称", example="县水利局"),
        Column("kind", "类别", required=True, example="部门", choices=tuple(KINDS)),
        Column("level", "层级", required=True, example="县级", choices=tuple(LEVELS)),
        Column(
            "region_code", "行政区划代码", aliases=("区划代码",), note="6、9 或 12 位数字", example="990121"
        ),
        Column("line", "条线", note="业务条线，如住建、水利", example="水利"),
        Column("parent", "上级单位编码", required=True, aliases=("上级编码",), example="990121"),
        Column("line_parent", "业务上级编码", note="条线上的上级，可不填", example=""),
        Column("active_from", "启用日期", example="2026-01-01"),
    )

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError]:
        """Return what the row would become, or every error in it."""
        del place
        self.begin(cells)
        day: dt.date | None = self.get("active_from", as_day)
        values: dict[str, Any] = {
            "code": self.get("code", lambda cell: as_text(cell, longest=32), required=True),
            "name": self.get("name", lambda cell: as_text(cell, longest=120), required=True),
            "short_name": self.get("short_name", lambda cell: as_text(cell, longest=40)),
            "kind": self.word("kind", KINDS),
            "level": self.word("level", LEVELS),
            "region_code": self.get("region_code", lambda cell: as_digits(cell, lengths=(6, 9, 12))),
            "line": self.get("line", lambda cell: as_text(cell, longest=24)),
            "parent": self.get("parent", lambda cell: as_text(cell, longest=32), required=True),
            "line_parent": self.get("line_parent", lambda cell: as_text(cell, longest=32)),
            "active_from": day.isoformat() if day else None,
        }
        path = self.place_of("parent", values["parent"])
        if values["line_parent"] and values["line_parent"] not in self.codes:
            self.errors.append(CellError("line_parent", "没有这个单位编码。请核对，或留空。"))
        if self.errors:
            return self.errors
        self.codes.setdefault(values["code"], path)
        return Proposed(values["code"], values)

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return the codes that organisations have already."""
        return _present(Organisation, "code", keys)

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Add the organisations in the order of the file, parents before children."""
        del batch
        known = {row.code: row for row in Organisation.objects.all()}
        count = 0
        for proposed in rows:
            values = dict(proposed.values)
            parent = known.get(values.pop("parent"))
            line_parent = known.get(values.pop("line_parent"))
            since = values.pop("active_from")
            if parent is None:
                raise DomainError(f"{values['code']} 的上级单位已不在。请重新上传。", code="import_stale")
            known[values["code"]] = services.add_organisation(
                actor=actor,
                parent=parent,
                line_parent=line_parent,
                active_from=dt.date.fromisoformat(since) if since else None,
                **values,
            )
            count += 1
        return count


class PeopleReader(_Reader):
    """Reads 人员 rows. The three administrators are never imported; nobody gets a password by import."""

    columns = (
        Column("username", "登录名", required=True, note="全系统唯一，建议用姓名拼音", example="mengqing"),
        Column("name", "姓名", required=True, example="孟晴"),
        Column("organisation", "单位编码", required=True, example="990121ZJ"),
        Column("role", "角色", required=True, example="单位填报", choices=tuple(ROLES)),
        Column("title", "职务", example="科员"),
        Column("phone", "手机", aliases=("手机号", "手机号码"), note="11 位数字，设为文本格式", example=""),
        Column("email", "邮箱", example=""),
        Column("external_id", "统一身份号", note="用统一身份认证登录时填写", example=""),
        Column("expires_on", "有效期至", note="借调、挂职人员填写", example=""),
    )

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Keep the external ids seen in this file: each belongs to one person."""
        super().__init__(actor, context)
        self.external: set[str] = set(
            User.objects.exclude(external_id="").values_list("external_id", flat=True)
        )

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError]:
        """Return what the row would become, or every error in it."""
        del place
        self.begin(cells)
        day: dt.date | None = self.get("expires_on", as_day)
        values: dict[str, Any] = {
            "username": self.get("username", username_cell, required=True),
            "name": self.get("name", lambda cell: as_text(cell, longest=40), required=True),
            "organisation": self.get("organisation", lambda cell: as_text(cell, longest=32), required=True),
            "role": self.word("role", ROLES),
            "title": self.get("title", lambda cell: as_text(cell, longest=60)),
            "phone": self.get("phone", lambda cell: as_digits(cell, lengths=(11,))),
            "email": self.get("email", email_cell),
            "external_id": self.get("external_id", lambda cell: as_text(cell, longest=200)),
            "expires_on": day.isoformat() if day else None,
        }
        self.place_of("organisation", values["organisation"])
        if values["external_id"] and values["external_id"] in self.external:
            self.errors.append(CellError("external_id", "已经对应别的账户。请核对。"))
        if self.errors:
            return self.errors
        if values["external_id"]:
            self.external.add(values["external_id"])
        return Proposed(values["username"], values)

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return the sign-in names that accounts have already."""
        return _present(User, "username", keys)

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Open the accounts without a password; first passwords are handed out afterwards."""
        del batch
        known = {row.code: row for row in Organisation.objects.all()}
        count = 0
        for proposed in rows:
            values = dict(proposed.values)
            organisation = known.get(values.pop("organisation"))
            until = values.pop("expires_on")
            if organisation is None:
                raise DomainError(f"{values['username']} 的单位已不在。请重新上传。", code="import_stale")
            services.add_user(
                actor=actor,
                organisation=organisation,
                expires_on=dt.date.fromisoformat(until) if until else None,
                **values,
            )
            count += 1
        return count


def username_cell(cell: Cell) -> str:
    """Read a sign-in name: letters, digits, `_`, `-`, `.` or Chinese characters, no spaces."""
    found = as_text(cell, longest=64)
    if found and not all(char.isalnum() or char in "_-.@" for char in found):
        raise BadCellError("有空格或符号。登录名只用字母、数字、汉字和 _ - . @。")
    return found


def email_cell(cell: Cell) -> str:
    """Read an e-mail address, or nothing."""
    found = as_text(cell, longest=254)
    if found:
        try:
            validate_email(found)
        except ValidationError:
            raise BadCellError("不是邮箱地址。请核对，或留空。") from None
    return found


def organisation_rows(actor: User) -> Iterator[dict[str, str]]:
    """Yield the organisations below an administrator as the cells of an export that imports again."""
    require(
        policy.may_keep_organisations(actor, actor.organisation),
        "只有系统管理员可以导出单位。",
        error=Forbidden,
    )
    below = Organisation.objects.below(actor.organisation).exclude(pk=actor.organisation_id)
    found = below.select_related("parent", "line_parent").order_by("path")
    for row in found.iterator(chunk_size=1000):
        yield {
            "code": row.code,
            "name": row.name,
            "short_name": row.short_name,
            "kind": Kind(row.kind).label,
            "level": Level(row.level).label,
            "region_code": row.region_code,
            "line": row.line,
            "parent": row.parent.code if row.parent else "",
            "line_parent": row.line_parent.code if row.line_parent else "",
            "active_from": row.active_from.isoformat() if row.active_from else "",
        }


def people_rows(actor: User) -> Iterator[dict[str, str]]:
    """Yield the accounts of the work below an administrator as the cells of an export that imports again."""
    require(
        policy.may_keep_people(actor, actor.organisation), "只有系统管理员可以导出人员。", error=Forbidden
    )
    top = actor.organisation
    below = User.objects.filter(organisation__path__gte=top.path, organisation__path__lt=top.path_end)
    found = (
        below.filter(role__in=GRANTED)
        .select_related("organisation")
        .order_by("organisation__path", "username")
    )
    for row in found.iterator(chunk_size=1000):
        yield {
            "username": row.username,
            "name": row.name,
            "organisation": row.organisation.code,
            "role": Role(row.role).label,
            "title": row.title,
            "phone": row.phone,
            "email": row.email,
            "external_id": row.external_id,
            "expires_on": row.expires_on.isoformat() if row.expires_on else "",
        }


def _present(model: type[Organisation | User], name: str, keys: Collection[str]) -> set[str]:
    wanted = sorted(set(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), IN_QUERY):
        some = {f"{name}__in": wanted[start : start + IN_QUERY]}
        found |= set(model._default_manager.filter(**some).values_list(name, flat=True))
    return found
