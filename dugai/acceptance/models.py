"""Rows of acceptance."""

from dugai.acceptance.models_after import (
    CloseoutProposal,
    ClosureEntry,
    LookBack,
    LookBackPlan,
    NumberCounter,
    Objection,
    PublicNotice,
)
from dugai.acceptance.models_case import (
    CaseMeasure,
    CaseProof,
    CloseoutCase,
    SiteVisit,
    Verification,
    VisitPhoto,
)

__all__ = [
    "CaseMeasure",
    "CaseProof",
    "CloseoutCase",
    "CloseoutProposal",
    "ClosureEntry",
    "LookBack",
    "LookBackPlan",
    "NumberCounter",
    "Objection",
    "PublicNotice",
    "SiteVisit",
    "Verification",
    "VisitPhoto",
]
