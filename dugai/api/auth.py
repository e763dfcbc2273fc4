"""Who is asking: a bearer token, and nothing else. No cookie and no session opens the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from dugai.kernel.errors import DomainError, Forbidden
from dugai.people.states_token import TokenScope

if TYPE_CHECKING:
    from dugai.people.models import ApiToken, User


class TokenRequest(HttpRequest):
    """A request whose token the middleware has read."""

    user: User
    api_token: ApiToken


class Unknown(DomainError):
    """Nobody we know: no token, a wrong one, an expired or revoked one, or its account is closed."""

    code, status = "token_invalid", 401


class Bearer(HttpBearer):
    """Demands a live token that has one scope. `authenticate` sees what the middleware has found out."""

    def __init__(self, scope: TokenScope) -> None:
        """Demand `scope`."""
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return the token of the request, or refuse."""
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token; 401 without one, 403 when it lacks the scope. The secret is not asked."""
        del token
        found: ApiToken | None = getattr(request, "api_token", None)
        if found is None:
            return None
        if self.scope.value not in found.scopes:
            raise Forbidden(
                f"这个令牌没有“{self.scope.value}”范围。请在“我的令牌”里另开一个。", code="scope_missing"
            )
        return found


READ = Bearer(TokenScope.READ)
LEDGER = Bearer(TokenScope.LEDGER)
REPORT = Bearer(TokenScope.REPORT)
REVIEW = Bearer(TokenScope.REVIEW)
INTAKE = Bearer(TokenScope.INTAKE)
