"""Whatever a parser does in its cage, the parent gets a document or a refusal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dugai.intake import samples
from dugai.intake.readers import Unreadable, cage, read_bytes, read_file_caged
from dugai.intake.readers.cage import Cage, pack, read_caged, unpack
from tests.unit.intake_formats.conftest import sound


def caged(monkeypatch, code: str) -> None:
    """Put ``code`` in the place of the child's work, after its limits are set."""
    start = (
        "import sys, json, os; sys.path.insert(0, sys.argv[1]); from dugai.intake.readers import child; "
        "order = json.loads(sys.argv[2]); child.isolate(); child.limit(order)\n"
    )
    monkeypatch.setattr(cage, "_START", start + code)


def refused(path, limits: Cage) -> str:
    with pytest.raises(Unreadable) as caught:
        read_caged(path, limits)
    assert path.name in caught.value.message
    return caught.value.code


@pytest.fixture
def notice(tmp_path):
    path = tmp_path / "公示.txt"
    path.write_text("整改任务已完成。", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["txt", "html", "docx", "xlsx", "csv", "pdf", "ofd"])
def test_the_cage_changes_nothing(tmp_path, form):
    sample = samples.draw_sample(4, "plan", form)
    path = tmp_path / sample.name
    path.write_bytes(sample.data)
    assert sound(read_file_caged(path)) == read_bytes(sample.data, sample.name)


def test_a_document_survives_the_pipe():
    source = read_bytes(samples.draw_sample(4, "plan", "pdf").data, "a.pdf")
    assert unpack(pack(source)) == source


def test_a_refusal_comes_through_with_its_words(tmp_path):
    path = tmp_path / "空.docx"
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        read_file_caged(path)
    assert (caught.value.code, caught.value.message) == (
        "empty",
        "“空.docx”是空文件（0 字节）。可能没有传完，请重新上传。",
    )


def test_too_large_a_file_starts_no_child(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    assert refused(path, Cage()) == "too_large"
    assert refused(tmp_path / "没有.pdf", Cage()) == "not_found"


def test_a_hanging_child_is_ended(notice, monkeypatch):
    caged(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    assert refused(notice, Cage(wall=1.0)) == "timeout"
    assert time.monotonic() - began < 5


def test_a_busy_child_runs_out_of_processor_time(notice, monkeypatch):
    caged(monkeypatch, "while True: pass")
    assert refused(notice, Cage(cpu=1, wall=20.0)) == "timeout"


def test_a_child_that_ignores_the_first_signal_is_ended_all_the_same(notice, monkeypatch):
    caged(monkeypatch, "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass")
    assert refused(notice, Cage(cpu=1, wall=20.0)) in {"timeout", "crashed"}


def test_a_greedy_child_meets_its_memory_limit(notice, monkeypatch):
    caged(monkeypatch, "x = []\nwhile True: x.append(bytearray(10_000_000))")
    assert refused(notice, Cage(memory=200 * 1024 * 1024)) == "crashed"


@pytest.mark.parametrize(
    "code",
    ["os.abort()", "os.kill(os.getpid(), 9)", "sys.exit(3)", "os.write(1, b'{')", "os.write(1, b'[1]')"],
)
def test_a_crash_is_a_refusal(notice, monkeypatch, code):
    caged(monkeypatch, code)
    assert refused(notice, Cage()) == "crashed"


def test_an_endless_answer_is_cut_off(notice, monkeypatch):
    caged(monkeypatch, "while True: os.write(1, b'x' * 65536)")
    assert refused(notice, Cage(answer=1_000_000)) == "crashed"


def test_helpers_of_the_child_end_with_it(notice, monkeypatch, tmp_path):
    mark = tmp_path / "pid"
    code = f"import subprocess; p = subprocess.Popen(['/bin/sleep', '60']); open({str(mark)!r}, 'w').write(str(p.pid)); import time; time.sleep(60)"
    caged(monkeypatch, code)
    assert refused(notice, Cage(wall=2.0)) == "timeout"
    pid = int(mark.read_text())
    for _ in range(50):
        try:
            if Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the helper outlived the cage")


def look(notice, monkeypatch, expression: str) -> str:
    """What the child sees, as text."""
    code = f"text = str({expression}); print(json.dumps({{'name': 'a', 'media': 'txt', 'text': text, 'complete': True, 'skipped': [], 'pages': 1, 'notes': [], 'blocks': []}}), flush=True)"
    caged(monkeypatch, code)
    return read_caged(notice).text


def test_the_child_sees_no_secrets_and_an_empty_folder(notice, monkeypatch):
    monkeypatch.setenv("DUGAI_SECRET_KEY", "geheim")
    assert "geheim" not in look(notice, monkeypatch, "dict(os.environ)")
    assert look(notice, monkeypatch, "os.listdir('.')") == "[]"
    assert look(notice, monkeypatch, "os.getcwd()") != str(Path.cwd())


def test_the_child_sees_no_network(notice, monkeypatch):
    if sys.platform != "linux":
        pytest.skip("网络隔离只在 Linux 上有")
    seen = look(
        notice, monkeypatch, "[line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]"
    )
    if look(notice, monkeypatch, "os.readlink('/proc/self/ns/net')") == str(
        Path("/proc/self/ns/net").readlink()
    ):
        pytest.skip("本机不允许建立网络命名空间")
    assert seen == "['lo']"


def test_the_child_cannot_fill_the_disk(notice, monkeypatch):
    code = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\ntry:\n    open('x', 'wb').write(b'0' * 3_000_000)\nexcept OSError as e:\n    os.write(1, b'{\"code\": \"full\", \"message\": \"%d\"}' % e.errno)"
    caged(monkeypatch, code)
    with pytest.raises(Unreadable) as caught:
        read_caged(notice, Cage(file=1_000_000))
    assert caught.value.code == "full"
