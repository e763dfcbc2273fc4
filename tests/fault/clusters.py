"""Clusters of PostgreSQL that a test starts, stops, kills and promotes; they live in a folder of their own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "postgresql"
SERVERS = Path("/usr/lib/postgresql")


def programs() -> Path:
    """Return the folder with the newest PostgreSQL of this machine."""
    found = sorted(SERVERS.glob("*/bin"), key=lambda place: int(place.parent.name))
    return found[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """One server on loopback; its data, its port and its password are its own."""

    def __init__(self, folder: Path, password: str, options: dict[str, str] | None = None) -> None:
        self.folder, self.password, self.port = folder, password, free_port()
        self.options = {"fsync": "off", "shared_buffers": "32MB", "archive_mode": "off", **(options or {})}

    @classmethod
    def make(cls, options: dict[str, str] | None = None) -> Cluster:
        """Make a new cluster; it is not started yet."""
        made = cls(folder(), secrets.token_hex(12), options)
        secret = made.folder / "password"
        secret.write_text(made.password)
        hand_over(made.folder)
        made.run("initdb", "-D", made.data, "-U", "dugai", f"--pwfile={secret}", "--auth=scram-sha-256",
                 "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums")  # fmt: skip
        with (made.data / "pg_hba.conf").open("a") as rules:
            rules.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        return made

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def standby(self, name: str, options: dict[str, str] | None = None) -> Cluster:
        """Make a streaming standby of this running cluster."""
        made = Cluster(folder(), self.password, {**self.options, **(options or {})})
        hand_over(made.folder)
        source = (
            f"host=127.0.0.1 port={self.port} user=dugai password={self.password} application_name={name}"
        )
        made.run(
            "pg_basebackup", "-D", made.data, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync"
        )
        return made

    def configure(self, name: str) -> None:
        """Add the settings that we ship for a province, from deploy/postgresql, to those of this server."""
        text = (SHIPPED / name).read_text(encoding="utf-8")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"\n{text}\n")

    def start(self) -> None:
        """Start and wait until it answers."""
        words = [f"-c {name}='{value}'" for name, value in self.options.items()]
        words += ["-c listen_addresses=127.0.0.1", f"-c port={self.port}"]
        words += [f"-c unix_socket_directories={self.folder}", "-c timezone=UTC"]
        self.run(
            "pg_ctl",
            "-D",
            self.data,
            "-l",
            self.folder / "log",
            "-w",
            "-t",
            "60",
            "-o",
            " ".join(words),
            "start",
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop at once, as a machine that loses its power does."""
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "-D", self.data, "-w", "promote")

    def remove(self) -> None:
        """Stop and forget."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def url(self, name: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://dugai:{self.password}@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *words: object) -> None:
        """Run one of PostgreSQL's programs as the user it insists on; what it said is shown when it fails."""
        owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        with (self.folder / "said").open("a+") as said:
            done = subprocess.run(
                [*owner, str(programs() / program), *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", check=False,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, said.read()


def folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="dugai-cluster."))
    made.chmod(0o700)
    return made


def hand_over(place: Path) -> None:
    """Give a folder to the user that PostgreSQL runs as."""
    if os.getuid() == 0:
        shutil.chown(place, "postgres")
        for inner in place.iterdir():
            shutil.chown(inner, "postgres")
