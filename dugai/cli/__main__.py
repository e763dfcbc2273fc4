"""`python -m dugai.cli` is the command `dugai`."""

from dugai.cli.entry import main

raise SystemExit(main())
