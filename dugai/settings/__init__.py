"""Settings. `base` is shared; `production` refuses weak installations; `test` is for the tests."""

from dugai.kernel import sqlite

sqlite.install()
