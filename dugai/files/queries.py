"""Reading files: through the eyes of the viewer, and never a damaged one."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from dugai.files import store
from dugai.files.models import Blob, StoredFile, Upload
from dugai.kernel.errors import NotVisible, Refused

if TYPE_CHECKING:
    from dugai.people.models import User

DAMAGED = "file_damaged"


def get_file(viewer: User, file_id: int) -> StoredFile:
    """Return a file of the viewer's own organisation. Rooms that attach files decide for the others."""
    found = (
        StoredFile.objects.select_related("blob")
        .filter(pk=file_id, organisation=viewer.organisation_id)
        .first()
    )
    if found is None:
        message = "没有这个文件，或您的单位看不到它"
        raise NotVisible(message)
    return found


def open_checked(viewer: User, stored: StoredFile) -> IO[bytes]:
    """Open a file whose bytes still have their digest. A room has decided that the viewer may read it.

    Raises `Refused` (code `file_damaged`) instead of serving damaged bytes.
    """
    del viewer
    known = Blob.objects.filter(pk=stored.blob_id).exclude(damaged_at=None).exists()
    if known or store.digest_of(stored.blob_id) != stored.blob_id:
        message = f"“{stored.name}”在存储中已损坏，不能下载。请联系系统管理员从备份恢复。"
        raise Refused(message, code=DAMAGED)
    return store.open_blob(stored.blob_id)


def get_upload(viewer: User, key: str) -> Upload:
    """Return an upload of the viewer's own; another person's does not exist."""
    found = Upload.objects.select_related("file__blob").filter(pk=key, person=viewer.person).first()
    if found is None:
        raise NotVisible("没有这次上传，或它不是您的")
    return found
