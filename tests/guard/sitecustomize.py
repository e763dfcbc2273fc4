"""Python reads this file at start when its folder is on PYTHONPATH: so the guard holds in child processes too."""

import socket_guard

socket_guard.install()
