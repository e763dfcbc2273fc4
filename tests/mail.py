"""A real mail server and a real robot on this machine, which keep what they are sent and may misbehave."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import socket
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from dugai.notices import services, services_delivery, services_notice
from dugai.notices.models import Delivery, NoticeSettings
from dugai.people.models import User


@dataclass
class Post:
    """What arrived, and what the server answers next; an empty list of answers means it takes everything."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802  the name the server calls
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  the name the server calls
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer[0] == "4":
            return answer
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        if answer == "cut":  # taken, but the answer is lost
            server.transport.abort()
        return "250 taken"

    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]


@contextlib.contextmanager
def post_office(settings):
    """Run a mail server and point the settings at it."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = "127.0.0.1", port, "none"
    settings.MAIL_FROM, settings.MAIL_USER, settings.MAIL_PASSWORD = "dugai@dept.example", "", ""
    settings.PUBLIC_URL = "https://dugai.example"
    try:
        yield post
    finally:
        controller.stop()


class Robot(BaseHTTPRequestHandler):
    """A chat group's robot: keeps what it is told."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.append((self.path, body))
        answer = self.server.answers.pop(0) if self.server.answers else 0
        data = json.dumps({"errcode": answer, "errmsg": "ok"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def robot(settings):
    """Run a robot that may be spoken to."""
    settings.OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    settings.OUTBOUND_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    server.told, server.answers, server.daemon_threads = [], [], True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def text_of(letter: EmailMessage) -> str:
    """Return the plain part of a letter."""
    return letter.get_body(("plain",)).get_content()


def reach(user: User, post) -> NoticeSettings:
    """Give a person a confirmed address, by the letter itself."""
    services_notice.ask_email(actor=user, email=f"{user.username}@dept.example")
    services_delivery.send_waiting()
    link = text_of(post.letters.pop()).split("/account/notices/confirm/")[1].split("/")[0]
    post.recipients.clear()
    return services_notice.confirm_email(actor=user, token=link)


def hook(server, path: str = "/robot?key=k") -> str:
    """Return the address of a robot that `server` plays."""
    return f"http://127.0.0.1:{server.server_port}{path}"


def states() -> list[str]:
    """Return how far each delivery has come, the proofs of addresses left out."""
    return sorted(Delivery.objects.exclude(kind="verify").values_list("state", flat=True))


def send_all() -> int:
    """Deliver what the journal tells, and send what waits; return how many were sent."""
    services.deliver()
    return services_delivery.send_waiting()
