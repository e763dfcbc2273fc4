"""Forms of sign-in, one's own account, organisations, people and imports."""

from __future__ import annotations

from typing import Any

from django import forms

from dugai.people.states import ADMIN_ROLES, Kind, Level, Role
from dugai.web.forms import HouseForm

WORK_ROLES = [(role.value, role.label) for role in Role if role not in ADMIN_ROLES and role != Role.SERVICE]
GROUP_KINDS = [("leading", "领导小组"), ("working", "工作专组")]
POSITIONS = [("head", "组长"), ("deputy", "副组长"), ("secretary", "办公室主任"), ("member", "成员")]
LONGEST = 128


def password_widget(autocomplete: str, *, shown: bool = False) -> forms.PasswordInput:
    """Return the control of a password that a browser's own keeper understands."""
    return forms.PasswordInput(attrs={"autocomplete": autocomplete}, render_value=shown)


def code_widget() -> forms.TextInput:
    """Return the control of a one-time code: digits on a phone, filled from the clipboard."""
    return forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    )


class SignInForm(HouseForm):
    """Name and password."""

    username = forms.CharField(
        label="登录名",
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(label="密码", strip=False, widget=password_widget("current-password"))
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class DemoSignInForm(SignInForm):
    """The same on a demonstration site, where the password stands in the list of accounts anyway."""

    password = forms.CharField(
        label="密码", strip=False, widget=password_widget("current-password", shown=True)
    )


class CodeForm(HouseForm):
    """The second factor of a sign-in."""

    code = forms.CharField(
        label="验证码",
        max_length=20,
        widget=code_widget(),
        help_text="手机上的 6 位数字；手机不在身边时填一个备用码。",
    )


class StepUpForm(HouseForm):
    """The password again, and the second factor where there is one."""

    password = forms.CharField(label="密码", strip=False, widget=password_widget("current-password"))
    code = forms.CharField(label="验证码", max_length=20, required=False, widget=code_widget())

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        """Ask for the code only where a second factor is on."""
        super().__init__(*args, **kwargs)
        if with_code:
            self.fields["code"].required = True
        else:
            del self.fields["code"]


class ChangePasswordForm(HouseForm):
    """One's own new password, twice; the old one unless a first password brought the person in."""

    old = forms.CharField(label="原密码", strip=False, widget=password_widget("current-password"))
    new = forms.CharField(label="新密码", strip=False, widget=password_widget("new-password"))
    again = forms.CharField(label="再写一遍", strip=False, widget=password_widget("new-password"))

    def __init__(self, *args: Any, first: bool, **kwargs: Any) -> None:
        """Leave the old password out where it was a first password that is spent."""
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        """Refuse two different spellings."""
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", "两遍写的不一样。请再写一遍。")
        return values


class TotpForm(HouseForm):
    """The first code of a phone that is being tied to an account."""

    code = forms.CharField(label="手机上的 6 位数字", max_length=10, widget=code_widget())


class DeputyForm(HouseForm):
    """Who stands in, from when to when, and why."""

    deputy = forms.CharField(label="代理人登录名", max_length=64, help_text="填对方的登录名，不是姓名。")
    starts_on = forms.DateField(label="开始日期")
    ends_on = forms.DateField(label="结束日期")
    reason = forms.CharField(label="事由", max_length=200)


class OrganisationForm(HouseForm):
    """A new organisation below another."""

    code = forms.CharField(label="单位编码", max_length=32, help_text="全系统唯一，以后不能改。")
    name = forms.CharField(label="单位名称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=40, required=False)
    kind = forms.ChoiceField(label="类别", choices=Kind.choices)
    level = forms.ChoiceField(label="层级", choices=Level.choices)
    region_code = forms.RegexField(
        r"^(\d{6}|\d{9}|\d{12})?$",
        label="行政区划代码",
        required=False,
        error_messages={"invalid": "应为 6、9 或 12 位数字。请补全。"},
    )
    line = forms.CharField(
        label="条线", max_length=24, required=False, help_text="业务条线，例如住建、水利。"
    )
    line_parent = forms.CharField(label="业务上级编码", max_length=32, required=False)
    active_from = forms.DateField(label="启用日期", required=False)


class EditOrganisationForm(OrganisationForm):
    """What may be corrected later: everything but the code and the place in the tree."""

    code = None  # type: ignore[assignment]  # Django's way to leave an inherited field out
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="改动原因", max_length=200, required=False)


class CloseOrganisationForm(HouseForm):
    """The last day of an organisation."""

    until = forms.DateField(label="最后一天")
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：机构改革，并入望渡县自然资源局。")


class ReasonForm(HouseForm):
    """A reason, and the version the person saw."""

    reason = forms.CharField(label="原因", max_length=200)
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class GroupForm(HouseForm):
    """A leading group or a working group."""

    name = forms.CharField(label="名称", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=GROUP_KINDS)
    parent = forms.TypedChoiceField(label="上级组", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, parents: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the groups of the organisation as parents."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", "没有"), *parents]  # type: ignore[attr-defined]


class MemberForm(HouseForm):
    """A person's place in a group."""

    username = forms.CharField(label="登录名", max_length=64)
    position = forms.ChoiceField(label="职务", choices=POSITIONS)


class DetailsForm(HouseForm):
    """What an account says of its person."""

    name = forms.CharField(label="姓名", max_length=40)
    title = forms.CharField(label="职务", max_length=60, required=False)
    phone = forms.RegexField(
        r"^(\d{11})?$", label="手机", required=False, error_messages={"invalid": "应为 11 位数字。请补全。"}
    )
    email = forms.EmailField(
        label="邮箱", required=False, error_messages={"invalid": "不是邮箱地址。请核对。"}
    )
    external_id = forms.CharField(
        label="统一身份号", max_length=200, required=False, help_text="用统一身份认证登录时填写。"
    )
    expires_on = forms.DateField(
        label="有效期至", required=False, help_text="借调、挂职人员填写；过了这天不能登录。"
    )


class EditDetailsForm(DetailsForm):
    """The same, on an account that exists."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class NewAccountForm(DetailsForm):
    """A new account: who, where, and what they do."""

    field_order = ("username", "name", "role")
    username = forms.RegexField(
        r"^[\w.@-]+$",
        label="登录名",
        max_length=64,
        help_text="全系统唯一，以后不能改。建议用姓名拼音。",
        error_messages={"invalid": "有空格或符号。登录名只用字母、数字、汉字和 _ - . @。"},
    )
    role = forms.ChoiceField(label="角色")

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer only the roles that this administrator may give."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class PostForm(HouseForm):
    """Another unit or role for an account."""

    organisation = forms.CharField(label="单位编码", max_length=32)
    role = forms.ChoiceField(label="角色")
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：岗位调整。")
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer only the roles that this administrator may give."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class WorkbookForm(HouseForm):
    """A workbook to import."""

    file = forms.FileField(label="Excel 文件", widget=forms.FileInput(attrs={"accept": ".xlsx"}))
