"""A second server on the same folder, or a folder on a network, does not start (F23)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dugai.cli import site


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path):
    with site.hold(tmp_path):
        code = f"import sys; from dugai.cli import site; from pathlib import Path\ntry:\n site.hold(Path({str(tmp_path)!r}))\nexcept site.CannotStart as no:\n print(no); sys.exit(3)"
        second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert second.returncode == 3
    assert "已有一个督改在运行" in second.stdout
    with site.hold(tmp_path):  # free again once the first has ended
        pass


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "file_system", lambda folder: 0x6969)
    with pytest.raises(site.CannotStart, match="NFS"):
        site.hold(tmp_path)


def test_the_kind_of_this_file_system_is_told(tmp_path: Path):
    assert site.file_system(tmp_path) != 0


def test_a_site_file_is_private_and_never_overwritten(tmp_path: Path):
    place = site.write_site(tmp_path, {"DUGAI_NAME": "甲"})
    assert place.stat().st_mode & 0o777 == 0o600
    before = place.read_text(encoding="utf-8")
    assert site.write_site(tmp_path, {"DUGAI_NAME": "乙"}).read_text(encoding="utf-8") == before
