"""Whether a name exists cannot be told by the work it costs: known, unknown and closed accounts hash alike (S12).

Hashing is the only slow step of a sign-in, so equal numbers of it are equal times; a clock would only
measure how busy the machine is.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from dugai.kernel.errors import Refused
from dugai.people import services_account, services_signin
from dugai.people.models import User
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_names_cannot_be_told_apart_by_the_work_they_cost(cast: Cast, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for user in (cast.county_clerk, cast.county_reviewer):
        user.set_password(PASSWORD)
        User.objects.filter(pk=user.pk).update(password=user.password)
    services_account.disable_account(actor=cast.system_admin, user_id=cast.county_reviewer.pk, reason="离职")
    User.objects.filter(pk=cast.leader.pk).update(password="!never-set")
    names = ("county_clerk", "nobody_here", "county_reviewer", "leader")
    hashed: Counter[str] = Counter()
    hasher = Argon2PasswordHasher
    for method in ("encode", "verify"):
        original = getattr(hasher, method)

        def counted(self, *args, _original=original, **kwargs):
            hashed["now"] += 1
            return _original(self, *args, **kwargs)

        monkeypatch.setattr(hasher, method, counted)
    work: dict[str, int] = {}
    for place, name in enumerate(names):
        hashed.clear()
        with pytest.raises(Refused):
            services_signin.try_password(username=name, password="wrong-one", address=f"198.51.1.{place}")
        work[name] = hashed["now"]
    assert work["county_clerk"] > 0
    assert len(set(work.values())) == 1, work
