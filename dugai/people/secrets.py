"""Making and checking secrets: first passwords, recovery codes, TOTP. No tables here."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import TYPE_CHECKING

import pyotp
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from dugai.people import rules

if TYPE_CHECKING:
    import datetime as dt

CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not mistaken for one another when read aloud or from paper."""
RECOVERY_CODES = 10
STEPS_AROUND = (-1, 0, 1)


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def is_common(password: str) -> bool:
    """Say whether a password, or it without digits around it, stands in Django's list of common ones."""
    bare = password.lower().strip("0123456789!@#$%^&*._- ")
    for word in (password, bare):
        try:
            _common().validate(word)
        except ValidationError:
            return True
    return False


def first_password() -> str:
    """Return a password that is used once and handed over on paper: 16 clear characters, 79 bits."""
    groups = ["".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


def new_totp_secret() -> str:
    """Return a fresh TOTP secret in Base32 (160 bits)."""
    return pyotp.random_base32()


def totp_address(secret: str, username: str, site: str) -> str:
    """Return the otpauth address that a QR code carries to the phone."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site)


def totp_step(secret: str, code: str, last_used: int, now: dt.datetime) -> int | None:
    """Return the step a code belongs to: at most one (30 s) from now and after `last_used`; else None."""
    digits = "".join(code.split())
    here = int(now.timestamp()) // rules.TOTP_PERIOD
    totp = pyotp.TOTP(secret)
    steps = [here + around for around in STEPS_AROUND]
    matches = [
        step for step in steps if secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode())
    ]
    return rules.accepted_step(steps, matches, last_used)


def new_recovery_codes() -> list[str]:
    """Return ten codes, each good for one sign-in without the phone (10 characters, 49 bits)."""
    return [
        "-".join("".join(secrets.choice(CLEAR) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """Return what is stored of a recovery code: it is random, so a slow hash would add nothing."""
    bare = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(b"dugai recovery " + bare.encode()).hexdigest()
