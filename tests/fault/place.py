"""What makes a process beside the test use the test's own database, files and key."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """Return the address of the test's own database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{database['NAME']}"
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def environment(place: Path, module: str = "tests.fault.settings") -> dict[str, str]:
    """Return the environment of such a process; `place` is its data folder, `module` its settings."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": module,
        "DUGAI_TEST_DATABASE_URL": database_url(),
        "DUGAI_DATABASE_URL": database_url(),
        "DUGAI_TEST_PLACE": str(place),
        "DUGAI_DATA": str(place),
        "TMPDIR": str(place),
        "PYTHONPATH": os.pathsep.join([str(settings.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]),
    }
