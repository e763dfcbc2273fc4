"""Settings of a process that a fault test starts beside itself: the test's own database and folder."""

import os
from pathlib import Path

from dugai.settings.test import *  # noqa: F403

DATA = Path(os.environ["DUGAI_TEST_PLACE"])
FILES_ROOT = DATA / "files"
