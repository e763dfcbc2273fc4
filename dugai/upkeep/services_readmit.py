"""Letting an administrator in again when nobody is left who could: two named people at the machine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, NotVisible, require
from dugai.people import services_password
from dugai.people.models import User
from dugai.upkeep import services
from dugai.upkeep.states import RunKind

if TYPE_CHECKING:
    from dugai.upkeep.models import UpkeepRun


@transaction.atomic
def readmit(
    *, actor: User | None, username: str, by: str, witness: str, reason: str
) -> tuple[str, UpkeepRun]:
    """Give one administrator a password that opens once; return it and the record.

    `by` does it and `witness` stands beside; both names and the reason go into the journal (D17, D27).
    Raises `NotVisible` for anybody who is no open administrator's account.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.is_admin:
        raise NotVisible("没有这个在用的管理员账户。这条命令只用于三员；其他账户由系统管理员重置。")
    if not reason.strip() or not witness.strip():
        raise InvalidInput("请写明原因和见证人姓名。")
    require(witness.strip() != by.strip(), "见证人不能是操作人自己。", code="same_person")
    # The door of the set-up: no account stands above an administrator's. The record below names the people.
    _, password = services_password.reset_password(actor=None, user_id=user.pk)
    run = services.note_run(
        actor=actor,
        kind=RunKind.READMIT,
        by=by,
        started_at=clock.now(),
        holds=True,
        summary=f"管理员 {username} 的口令在服务器上重置，见证人 {witness}",
        result={"username": username, "witness": witness},
        reason=reason,
    )
    return password, run
