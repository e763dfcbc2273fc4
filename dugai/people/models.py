"""Rows of organisations and people."""

from dugai.people.models_organisation import Group, GroupMember, Organisation
from dugai.people.models_user import (
    Answer,
    ApiToken,
    Deputy,
    PastPassword,
    SignInAttempt,
    TokenMinute,
    User,
    UserSession,
)

__all__ = [
    "Answer",
    "ApiToken",
    "Deputy",
    "Group",
    "GroupMember",
    "Organisation",
    "PastPassword",
    "SignInAttempt",
    "TokenMinute",
    "User",
    "UserSession",
]
