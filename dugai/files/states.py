"""States of a resumable upload."""

from __future__ import annotations

from dugai.kernel.choices import Choices


class UploadState(Choices):
    """Pieces are coming in, all are in and stored, or the upload came to nothing."""

    OPEN = "open", "上传中"
    FINISHED = "finished", "已存入"
    REFUSED = "refused", "未能存入"
    CANCELLED = "cancelled", "已取消"
