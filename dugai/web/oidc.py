"""统一身份认证 (OpenID Connect): the code flow with state, nonce and PKCE at the settings' provider."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dugai.kernel import clock
from dugai.kernel.errors import Refused

TIMEOUT = 5
if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

LARGEST = 1024 * 1024
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY = 60
FAILED = "统一身份认证没有通过。请回到登录页重试，或用登录名和密码登录。"


def configured() -> bool:
    """Say whether the settings name a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def begin(redirect_uri: str) -> tuple[str, dict[str, str]]:
    """Return where to send the browser, and what the session must remember until it comes back."""
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _client(redirect_uri) as client:
        address, state = client.create_authorization_url(
            _discover()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    return address, {"state": state, "verifier": verifier, "nonce": nonce}


def finish(redirect_uri: str, answer: dict[str, str], kept: dict[str, str]) -> str:
    """Return the provider's name for the person. Raises `Refused` unless every check passes."""
    if not kept or not secrets.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
        raise Refused(FAILED, code="oidc_state")
    if "code" not in answer:
        raise Refused(FAILED, code="oidc_refused")
    try:
        found = _discover()
        with _client(redirect_uri) as client:
            token = client.fetch_token(
                found["token_endpoint"],
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=kept["verifier"],
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        claims = _claims(str(token.get("id_token", "")), found, kept["nonce"])
    except (requests.RequestException, AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        raise Refused(FAILED, code="oidc_failed") from error
    return str(claims.get(settings.OIDC_CLAIM, ""))


def _claims(id_token: str, found: dict[str, Any], nonce: str) -> dict[str, Any]:
    """Check signature, issuer, audience, times and nonce of an id token; return its claims."""
    keys = KeySet.import_key_set(cast("KeySetSerialization", _get(found["jwks_uri"])))
    token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
    asked = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": found["issuer"]},
        aud={"essential": True, "value": settings.OIDC_CLIENT_ID},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
    )
    asked.validate(token.claims)
    party = token.claims.get("azp")
    if party is not None and party != settings.OIDC_CLIENT_ID:
        raise ValueError("azp")
    return dict(token.claims)


def _discover() -> dict[str, Any]:
    """Read the provider's own description and see that it is the provider the settings name."""
    try:
        found = _get(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration")
        _require_issuer(found)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _require_safe(found[name])
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise Refused(
            "现在连不上统一身份认证。请稍后再试，或用登录名和密码登录。", code="oidc_unreachable"
        ) from error
    return found


def _get(address: str) -> dict[str, Any]:
    _require_safe(address)
    with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as response:
        response.raise_for_status()
        body = response.raw.read(LARGEST + 1, decode_content=True)
    if len(body) > LARGEST:
        raise ValueError("too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _require_issuer(found: dict[str, Any]) -> None:
    if str(found["issuer"]).rstrip("/") != settings.OIDC_ISSUER:
        raise ValueError("issuer")


def _require_safe(address: str) -> None:
    """Refuse plain http to anything but this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("not https")


def _client(redirect_uri: str) -> Any:
    return OAuth2Session(
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET or None,
        scope="openid",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if settings.OIDC_CLIENT_SECRET else "none",
    )
