"""The one Django app of the house."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DugaiConfig(AppConfig):
    """Registers the rooms; after each migration the database guards are put back."""

    name = "dugai"
    label = "dugai"
    verbose_name = "督改"

    def ready(self) -> None:
        """Connect the guards; importing here because models load after the app is known."""
        from dugai.journal import guards  # noqa: PLC0415  models must be loaded first

        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="dugai.guards")
