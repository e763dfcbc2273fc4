"""A small file is whole or not there, whoever dies while it is made."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from dugai.journal import keys
from dugai.kernel import whole


def test_the_first_one_makes_it_and_it_stays(tmp_path: Path):
    place = tmp_path / "new" / "key"
    assert whole.write_new(place, b"first")
    assert not whole.write_new(place, b"second")
    assert place.read_bytes() == b"first"
    assert place.stat().st_mode & 0o777 == 0o600
    assert list(place.parent.iterdir()) == [place]


def test_no_half_of_it_is_ever_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(handle: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        whole.write_new(tmp_path / "key", b"x" * 32)
    assert list(tmp_path.iterdir()) == []


def test_sixteen_first_users_sign_with_one_key(tmp_path: Path, settings):
    settings.DATA = tmp_path
    gate, found = threading.Barrier(16), set()

    def use() -> None:
        gate.wait(30)
        found.add(keys.public_key_hex())

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
