"""What decides about signing in, from values alone: profiles, waiting, lock-out, the life of a session."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WINDOW = dt.timedelta(minutes=15)
CLOCK_SLACK = dt.timedelta(minutes=1)
"""A moment further ahead than this comes from a wrong clock: it locks nobody out and keeps nobody in."""
ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 20
FREE_FAILURES = 1
KNOWN_FOR = dt.timedelta(days=30)
"""An address from which an account signed in this recently keeps its own count, so that a stranger's
guesses lock out the stranger and not the person at their desk."""
SESSION_LIFE = dt.timedelta(hours=12)
SESSION_IDLE = dt.timedelta(minutes=30)
STEP_UP_LIFE = dt.timedelta(minutes=10)
CODE_LIFE = dt.timedelta(minutes=5)
TOTP_PERIOD = 30
CONTEXT_SHORTEST = 3
HOUSE_WORDS = ("dugai", "督改", "整改", "督察", "zhenggai", "ducha", "dengbao")
CLASSES = ("小写字母", "大写字母", "数字", "符号或汉字")


@dataclass(frozen=True)
class Profile:
    """How strict an installation is: `standard`, or `dengbao3` for 等保2.0 三级 (reliability.md S13, S14)."""

    name: str
    label: str
    shortest: int = 10
    longest: int = 128
    classes: int = 0
    max_age_days: int | None = None
    history: int = 5
    totp_required: bool = False


STANDARD = Profile("standard", "标准")
DENGBAO3 = Profile("dengbao3", "等保三级", classes=3, max_age_days=90, totp_required=True)
PROFILES = {profile.name: profile for profile in (STANDARD, DENGBAO3)}


def normal(password: str) -> str:
    """Return a password as it is hashed: the same characters however a keyboard composed them (NFC)."""
    return unicodedata.normalize("NFC", password)


def classes_of(password: str) -> int:
    """Count the kinds of character in a password: lower case, upper case, digits, everything else."""
    kinds = {
        0 if "a" <= char <= "z" else 1 if "A" <= char <= "Z" else 2 if "0" <= char <= "9" else 3
        for char in password
    }
    return len(kinds)


def password_fault(password: str, profile: Profile, context: Iterable[str], *, common: bool) -> str:
    """Return the one sentence that says why a password will not do, or nothing.

    `context` are words an attacker would try first: the person's names and their organisation's.
    `common` says whether the password stands in a list of common ones.
    """
    length = len(password)
    if length < profile.shortest:
        return f"密码只有 {length} 个字符，至少 {profile.shortest} 个。一句好记的话比符号更安全。"
    if length > profile.longest:
        return f"密码有 {length} 个字符，最多 {profile.longest} 个。请缩短。"
    if common or len(set(password)) < 4:
        return "这个密码太常见，容易被猜中。请换一个。"
    lowered = unicodedata.normalize("NFKC", password).lower()
    for word in (*context, *HOUSE_WORDS):
        # Two characters are a Chinese name; two letters are in every other word.
        telling = len(word) >= (CONTEXT_SHORTEST if word.isascii() else CONTEXT_SHORTEST - 1)
        if telling and word.lower() in lowered:
            return f"密码里有“{word}”，与您或本系统有关，容易被猜中。请换一个。"
    if classes_of(password) < profile.classes:
        return (
            f"密码只用了 {classes_of(password)} 类字符，至少要 {profile.classes} 类（{'、'.join(CLASSES)}）。"
        )
    return ""


def password_expired(changed_at: dt.datetime | None, now: dt.datetime, profile: Profile) -> bool:
    """Say whether a password is older than the profile allows; one never changed counts as old."""
    if profile.max_age_days is None:
        return False
    return changed_at is None or now - changed_at > dt.timedelta(days=profile.max_age_days)


def wait(failures: Sequence[dt.datetime], now: dt.datetime, limit: int = ACCOUNT_LIMIT) -> dt.timedelta:
    """Return how long until the next try is heard, given the times of failures since the last success.

    The second failure costs two seconds, the third four, the fourth eight; from the fifth on nothing is
    heard until fewer than `limit` failures lie within the last fifteen minutes.
    """
    recent = sorted(moment for moment in failures if -CLOCK_SLACK <= now - moment < WINDOW)
    if len(recent) >= limit:
        return max(recent[-limit] + WINDOW - now, dt.timedelta(0))
    if len(recent) <= FREE_FAILURES or limit != ACCOUNT_LIMIT:
        return dt.timedelta(0)
    pause = dt.timedelta(seconds=2 ** (len(recent) - 1))
    return max(recent[-1] + pause - now, dt.timedelta(0))


def wait_words(left: dt.timedelta) -> str:
    """Return a waiting time in words: 8 秒, 12 分钟; rounded up."""
    seconds = -int(-left.total_seconds() // 1)
    return f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分钟"


def session_over(started: dt.datetime, seen: dt.datetime, now: dt.datetime) -> bool:
    """Say whether a session has ended: thirty minutes unused, twelve hours old, or begun in the future."""
    ahead = max(started, seen) - now > CLOCK_SLACK
    return ahead or now - started >= SESSION_LIFE or now - seen >= SESSION_IDLE


def stepped_up(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Say whether the person confirmed who they are recently enough for a sensitive act."""
    return at is not None and dt.timedelta(0) <= now - at < STEP_UP_LIFE


def accepted_step(steps: Iterable[int], matches: Iterable[int], last_used: int) -> int | None:
    """Return the newest matching TOTP step after the last one used, or None: every code works once."""
    fresh = set(steps) & {step for step in matches if step > last_used}
    return max(fresh, default=None)
