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
        """Connect guards, sessions and imports; importing here because models load after the app is known."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415  models must be loaded first

        from dugai.acceptance import gates  # noqa: PLC0415  the same
        from dugai.complaints import workbook  # noqa: PLC0415  the same
        from dugai.indicators import sheet  # noqa: PLC0415  the same
        from dugai.journal import guards  # noqa: PLC0415  the same
        from dugai.people import imports, services_session  # noqa: PLC0415  the same
        from dugai.progress import offline  # noqa: PLC0415  the same
        from dugai.staging import services as staging  # noqa: PLC0415  the same

        user_logged_in.connect(services_session.register_session, dispatch_uid="dugai.sessions")
        staging.register("organisations", imports.OrganisationReader)
        staging.register("people", imports.PeopleReader)
        staging.register(offline.KIND, offline.ReportReader)
        staging.register(sheet.KIND, sheet.ReadingReader)
        staging.register(workbook.KIND, workbook.LetterReader)

        from dugai.ledger.services_import import LedgerReader  # noqa: PLC0415  the same
        from dugai.staging import services as staging  # noqa: PLC0415  the same

        staging.register("ledger", LedgerReader)
        if gates.statements not in guards.MORE:
            guards.MORE.append(gates.statements)
        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="dugai.guards")
