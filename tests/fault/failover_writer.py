"""A process that stores files without pause through a multi-host address, and says what was acknowledged, and by which port.

An error of the database means: close, and try the next one; exactly what an edge does with a request.
"""

from __future__ import annotations

import io
import os
import time

import django


def main() -> None:
    """Write until killed."""
    django.setup()
    from django.db import InterfaceError, OperationalError, connection  # noqa: PLC0415  after Django is set up

    from tests.cast import make_cast  # noqa: PLC0415  the same
    from tests.fault import acts  # noqa: PLC0415  the same

    make_cast()
    number = 0
    while True:
        number += 1
        try:
            acknowledged = acts.one_file(io.BytesIO(f"主备切换 {number}".encode()))
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.05)
        else:
            os.write(1, f"{acknowledged} {connection.connection.info.port}\n".encode())


if __name__ == "__main__":
    main()
