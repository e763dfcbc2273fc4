"""`python -m dugai.cli` is the command `dugai`."""

from dugai.cli.main import main

raise SystemExit(main())
