"""The one refusal of this room: a file that is not read, why, and what to do."""

from __future__ import annotations

from dugai.intake.readers.limits import MEGA, Limits


class Unreadable(Exception):
    """The file was not read. ``code`` is for programs, ``message`` a plain Chinese sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str, str]]:
        return type(self), (self.code, self.message)


def too_large(name: str, size: int, limits: Limits) -> Unreadable:
    return Unreadable(
        "too_large",
        f"“{name}”有 {size / MEGA:.0f} MB，超过 {limits.file_bytes // MEGA} MB。请压缩图片或拆成几份再上传。",
    )
