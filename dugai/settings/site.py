"""An installation's own settings: environment first, then `site.json` in the data folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

Site = dict[str, str]


def load_site(path: Path) -> Site:
    """Read the site file that `dugai init` or `dugai up` wrote; an absent file is an empty site."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return {str(key): str(value) for key, value in found.items()}


def text(site: Site, name: str, default: str) -> str:
    """Return one setting as text."""
    return os.environ.get(name, site.get(name, default))


def flag(site: Site, name: str, *, default: bool) -> bool:
    """Return one setting as yes or no; only 1, true, yes and on mean yes."""
    return text(site, name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}
