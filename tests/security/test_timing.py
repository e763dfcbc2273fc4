"""Whether a name exists cannot be told by the clock: known, unknown and closed accounts cost the same (S12)."""

from __future__ import annotations

import statistics
import time

import pytest

from dugai.kernel.errors import Refused
from dugai.people import services_account, services_signin
from dugai.people.models import User
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TRIES = 12
APART = 0.010


def test_names_cannot_be_told_apart_by_time(cast: Cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for user in (cast.county_clerk, cast.county_reviewer):
        user.set_password(PASSWORD)
        User.objects.filter(pk=user.pk).update(password=user.password)
    services_account.disable_account(actor=cast.system_admin, user_id=cast.county_reviewer.pk, reason="离职")
    User.objects.filter(pk=cast.leader.pk).update(password="!never-set")
    names = ("county_clerk", "nobody_here", "county_reviewer", "leader")
    took: dict[str, list[float]] = {name: [] for name in names}
    for number in range(TRIES):
        for place, name in enumerate(names):
            services_signin.SignInAttempt.objects.all().delete()
            start = time.perf_counter()
            with pytest.raises(Refused):
                services_signin.try_password(
                    username=name, password=f"wrong-{number}", address=f"198.51.{number}.{place}"
                )
            took[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in took.items()}
    spread = max(medians.values()) - min(medians.values())
    # A busy machine slows all four alike; what may not differ is the name.
    assert spread <= max(APART, 0.2 * min(medians.values())), medians
