"""The guard of the tests, tested: what leaves this machine is refused, what stays is not."""

import socket
import subprocess
import sys

import pytest

import socket_guard

FAR = "192.0.2.1"  # reserved for documentation: nobody is there


@pytest.mark.parametrize(
    "host", [None, "", b"localhost", "LOCALHOST", "127.0.0.1", "127.3.2.1", "::1", "::1%lo"]
)
def test_this_machine_is_local(host):
    assert socket_guard.is_local(host) is True


@pytest.mark.parametrize("host", [FAR, "10.0.0.1", "169.254.169.254", "example.org", b"2001:db8::1"])
def test_any_other_is_not(host):
    assert socket_guard.is_local(host) is False


def test_connecting_away_is_refused():
    with socket.socket() as plug, pytest.raises(socket_guard.NetworkReached):
        plug.connect((FAR, 80))


def test_a_datagram_away_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as plug, pytest.raises(socket_guard.NetworkReached):
        plug.sendto(b"x", (FAR, 53))


def test_asking_for_a_name_is_refused():
    with pytest.raises(socket_guard.NetworkReached):
        socket.getaddrinfo("example.org", 443)


def test_a_child_process_is_guarded_too():
    code = f"import socket; socket.create_connection(({FAR!r}, 80), timeout=1)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "NetworkReached" in child.stderr


def test_loopback_is_free(tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname()) as plug:
        answer, _ = server.accept()
        with answer:
            answer.sendall(b"here")
            assert plug.recv(4) == b"here"
    path = str(tmp_path / "plug")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as plug:
        server.bind(path)
        server.listen()
        plug.connect(path)
        assert plug.getpeername() == path
