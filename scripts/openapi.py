"""Write docs/reference/openapi.json anew from the shapes and operations of the API.

Run it after a change of the contract and look at the diff: clients live by this file.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "reference" / "openapi.json"


def text() -> str:
    """Return the contract as it is committed."""
    from dugai.api.app import api  # noqa: PLC0415  Django must be set up first
    from dugai.api.contract import document  # noqa: PLC0415  the same

    return json.dumps(document(api), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Set Django up and write the file."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dugai.settings.test")
    import django  # noqa: PLC0415  the settings are named above

    django.setup()
    TARGET.write_text(text(), encoding="utf-8")
    print(TARGET.relative_to(ROOT))


if __name__ == "__main__":
    main()
