"""What a restored or moved installation is put through, in a process of its own; JSON in and out."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from dugai.journal.models import Event, TreeHead
from dugai.ledger import search
from dugai.management import verification
from dugai.upkeep import refilling, services


class Command(BaseCommand):
    """Orders: migrate, refill (a backup's folder), reindex, verify (parts), note (an operation to keep)."""

    help = "Bring a restored installation into order and verify it; used by backup, restore and move."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the orders, carry them out in turn, print the report."""
        del args, options
        orders = json.load(sys.stdin)
        report: dict[str, Any] = {}
        if orders.get("migrate"):
            call_command("migrate", interactive=False, verbosity=0)
        if folder := orders.get("refill"):
            report["refilled"], report["unfilled"] = refilling.refill(Path(folder))
        if orders.get("reindex"):
            report["indexed"] = search.rebuild()
        if parts := orders.get("verify"):
            found = verification.verify(parts)
            report |= {"counts": found.counts, "findings": found.findings, "more": found.more}
        head = TreeHead.objects.order_by("-size").first()
        report["journal"] = {
            "size": head.size if head else 0,
            "sha256": head.sha256 if head else "",
            "events": Event.objects.count(),
        }
        if note := orders.get("note"):
            began = dt.datetime.fromisoformat(note.pop("started_at"))
            services.note_run(actor=services.system_account(), started_at=began, **note)
        self.stdout.write(json.dumps(report, ensure_ascii=False))
