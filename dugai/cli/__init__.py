"""The command line. Exit codes: 0 done, 1 something does not hold, 2 wrong usage, 3 cannot run here."""

from dugai.cli.entry import main

__all__ = ["main"]
