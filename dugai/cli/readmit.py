"""`dugai readmit`: an administrator's single-use password, when no administrator can give it."""

from __future__ import annotations

import argparse

from dugai.cli import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("username", metavar="登录名", help="管理员账户")
    parser.add_argument("--reason", required=True, help="原因，写进留痕")
    parser.add_argument("--by", required=True, help="操作人姓名，写进留痕")
    parser.add_argument("--witness", required=True, help="在场见证人姓名，写进留痕")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Reset and print the password once."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.kernel.errors import DomainError  # noqa: PLC0415  the same
    from dugai.upkeep import services, services_readmit  # noqa: PLC0415  the same

    try:
        password, _ = services_readmit.readmit(
            actor=services.system_account(),
            username=words.username,
            by=words.by,
            witness=words.witness,
            reason=words.reason,
        )
    except DomainError as refusal:
        return progress.refused(refusal, as_json=words.json)
    return progress.tell_end({"一次性口令（只显示这一次）": password}, [], as_json=words.json)
