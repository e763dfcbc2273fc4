"""单位和人员 from Excel: every wrong cell is named, all good rows are written or none, and exports come back in."""

from __future__ import annotations

import io

import openpyxl
import pytest

from dugai.journal.models import Event
from dugai.kernel.errors import Forbidden, NotVisible
from dugai.people import imports, services_account
from dugai.people import services as people
from dugai.people.models import Organisation, User
from dugai.staging import export, services
from dugai.staging.models import ImportBatch
from tests.cast import Cast
from tests.service.test_staging import book

pytestmark = pytest.mark.django_db
UNITS = ("单位编码*", "单位名称*", "简称", "类别*", "层级*", "行政区划代码", "条线", "上级单位编码*")
PEOPLE = ("登录名*", "姓名*", "单位编码*", "角色*", "手机", "邮箱")


def stage(cast: Cast, kind: str, data: bytes, actor: str = "system_admin") -> ImportBatch:
    return services.stage(actor=cast.users[actor], kind=kind, file_name=f"{kind}.xlsx", data=data, context={})


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.rows_read, batch.rows_good, batch.rows_rejected, batch.rows_duplicate


def messages(batch: ImportBatch) -> list[str]:
    return [error["message"] for row in batch.rows.order_by("pk") for error in row.errors]


def test_a_branch_of_the_tree_comes_in_parents_first(cast: Cast):
    data = book(
        UNITS,
        ("990121WH", "望渡县文化局", "", "部门", "县级", "990121", "文化", "990121"),
        ("990121WH01", "望渡县图书馆", "", "事业单位", "县级", "990121", "", "990121WH"),
        ("990121ZJ", "望渡县住建局", "", "部门", "县级", "990121", "住建", "990121"),
        ("990121XX", "望渡县某局", "", "科室", "县级", 99012, "", "777"),
    )
    batch = stage(cast, "organisations", data)
    assert counts(batch) == (4, 2, 1, 1)
    assert messages(batch) == [
        "“990121ZJ”已经在系统里，这一行不会再录入。",
        "“表一”表 D5 单元格是“科室”，不在可选范围。请从地区（党委政府）、整改办、部门、事业单位、企业、纪检监察、督查机构中选一个。",
        "“表一”表 F5 单元格是“99012”，有 5 位，应为 6、9、12 位。前面的 0 可能被 Excel 去掉了。请设为“文本”格式后补全。",
        "“表一”表 H5 单元格是“777”，没有这个单位编码。请先建这个单位，或在前面的行里写上它。",
    ]
    assert not Organisation.objects.filter(code="990121WH").exists()
    services.accept(actor=cast.system_admin, batch_id=batch.pk)
    library = Organisation.objects.get(code="990121WH01")
    assert library.parent.code == "990121WH"
    assert library.is_within(cast.county)


def test_people_come_in_without_passwords(cast: Cast):
    data = book(
        PEOPLE,
        ("zhangsan", "张三", "990121ZJ", "单位填报", "13800000001", "z@example.cn"),
        ("county_clerk", "孟晴", "990121ZJ", "单位填报", "", ""),
        ("li si", "李四", "990121ZJ", "系统管理员", 110101199003074512, "x@"),
        ("wangwu", "", "990121ZJ", "领导", "", ""),
    )
    batch = stage(cast, "people", data)
    assert counts(batch) == (4, 1, 2, 1)
    said = messages(batch)
    assert said[1] == "“表一”表 A4 单元格是“li si”，有空格或符号。登录名只用字母、数字、汉字和 _ - . @。"
    assert "“系统管理员”，不在可选范围" in said[2]
    assert "超过 15 位，Excel 已丢失后面的数字" in said[3]
    assert "不是邮箱地址" in said[4]
    assert said[5] == "“表一”表 B5 单元格是空的。这一列必填，请填写。"
    services.accept(actor=cast.system_admin, batch_id=batch.pk)
    user = User.objects.get(username="zhangsan")
    assert (user.has_usable_password(), user.must_change_password, user.role) == (False, True, "unit_clerk")
    assert not User.objects.filter(username__in=["li si", "wangwu"]).exists()


@pytest.mark.parametrize("kind", ["organisations", "people"])
def test_an_export_comes_back_in_as_nothing_new(cast: Cast, kind: str):
    reader = services.reader_for(actor=cast.system_admin, kind=kind, context={})
    rows = (
        imports.organisation_rows(cast.system_admin)
        if kind == "organisations"
        else imports.people_rows(cast.system_admin)
    )
    listed = list(rows)
    with export.write_list("表", reader.columns, listed) as out:
        batch = stage(cast, kind, out.read())
    assert counts(batch) == (len(listed), 0, 0, len(listed))
    assert len(listed) == (15 if kind == "organisations" else 19)


def test_the_template_is_understood_and_empty(cast: Cast):
    reader = services.reader_for(actor=cast.system_admin, kind="people", context={})
    with export.write_template("人员", reader.columns) as out, pytest.raises(Exception, match="没有可读的行"):
        stage(cast, "people", out.read())


@pytest.mark.parametrize("person", ["county_clerk", "security_admin", "audit_admin", "province_manager"])
def test_only_the_system_administrator_imports(cast: Cast, person: str):
    with pytest.raises(Forbidden):
        stage(cast, "people", book(PEOPLE, ("a", "b", "c", "d", "", "")), person)
    with pytest.raises(NotVisible):
        services.reader_for(actor=cast.system_admin, kind="nothing", context={})
    assert not ImportBatch.objects.exists()


def test_an_administrator_imports_only_below(cast: Cast):
    actor = people.add_user(
        actor=cast.system_admin, username="ca", name="县管", organisation=cast.county, role="system_admin"
    )
    cast.users["ca"] = actor
    batch = stage(cast, "people", book(PEOPLE, ("x1", "甲", "990122ZJ", "单位填报", "", "")), "ca")
    assert messages(batch) == ["“表一”表 C2 单元格是“990122ZJ”，不在望渡县之下。请填下级单位的编码。"]


def test_one_bad_row_while_accepting_leaves_nothing(cast: Cast):
    batch = stage(
        cast,
        "people",
        book(
            PEOPLE, ("x1", "甲", "990121ZJ", "单位填报", "", ""), ("x2", "乙", "990121ZJ", "单位填报", "", "")
        ),
    )
    people.add_user(actor=None, username="x2", name="先到", organisation=cast.county, role="leader")
    with pytest.raises(Exception, match="已由别人录入"):
        services.accept(actor=cast.system_admin, batch_id=batch.pk)
    assert not User.objects.filter(username="x1").exists()


def test_an_export_is_written_down_and_holds_no_formula(cast: Cast, client):
    services_account.edit_account(
        actor=cast.system_admin, user_id=cast.county_clerk.pk, name='=HYPERLINK("http://x")', title="@SUM(1)"
    )
    client.force_login(cast.system_admin)
    data = client.get("/people/export/people/").getvalue()
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]
    assert Event.objects.get(kind="people.exported").actor_id == cast.system_admin.pk
