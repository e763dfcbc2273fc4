"""Write the 整改措施清单 that one account sees to a file; prints the number of rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dugai.ledger import list_export
from dugai.people.models import User


class Command(BaseCommand):
    """The child process of a large export; also of use by hand."""

    help = "Write the 整改措施清单 of one account to an xlsx file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, the filters and the file."""
        parser.add_argument("--viewer", type=int, required=True, help="id of the account")
        parser.add_argument("--filters", default="{}", help="filters of the list as JSON")
        parser.add_argument("--out", type=Path, required=True, help="file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and count."""
        del args
        viewer = User.objects.select_related("organisation__parent").get(pk=options["viewer"], is_active=True)
        written = list_export.write_here(viewer, json.loads(options["filters"]), options["out"])
        self.stdout.write(str(written))
