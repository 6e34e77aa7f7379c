"""Access tokens: short-lived JSON Web Tokens (RFC 7519) that name a user and a log-in."""

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import jwt

from api.settings import Settings

ALGORITHM = "HS256"
ISSUER = "pir"
AUDIENCE = "pir-api"

REMEMBERED = 4096  # tokens: 2 MiB


class Claims(NamedTuple):
    """What a good access token says."""

    user_id: UUID
    login_id: UUID
    expires_at: float
    """Seconds since the epoch."""


class AccessTokens:
    """Signs access tokens with one secret, and accepts those of several.

    A token names its secret's `kid` (RFC 7515, section 4.1.4), so that secrets can be exchanged
    while the service runs; it follows from the secret itself.
    """

    def __init__(self, secrets: Sequence[str], lifetime: timedelta) -> None:
        """Take the secrets, of which the first one signs, and how long a token is good."""
        self._secrets = {key_id(secret): secret for secret in secrets}
        self._kid = key_id(secrets[0])
        self.lifetime = lifetime
        # A client sends its token again and again: verifying it takes as long as half a request.
        # What can change, its end and its log-in's, is looked at each time all the same.
        self._verify = lru_cache(REMEMBERED)(self._verify_signature)

    @classmethod
    def of(cls, settings: Settings) -> "AccessTokens":
        """Sign and accept as the settings say."""
        secrets = [settings.token_secret, *settings.also_accepted_token_secrets]
        values = [secret.get_secret_value() for secret in secrets]
        return cls(values, settings.access_token_lifetime)

    def issue(self, user_id: UUID, login_id: UUID, now: datetime | None = None) -> str:
        """Sign a token for a user's log-in, good for `lifetime` from now on."""
        issued_at = now or datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(login_id),
            "iat": issued_at,
            "exp": issued_at + self.lifetime,
        }
        return jwt.encode(claims, self._secrets[self._kid], ALGORITHM, headers={"kid": self._kid})

    def read(self, token: str, *, even_expired: bool = False) -> Claims | None:
        """Return what the token says, or None if it is not, or no longer, good."""
        try:
            claims = self._verify(token)
        except (jwt.InvalidTokenError, KeyError, ValueError):
            return None
        return claims if even_expired or time.time() < claims.expires_at else None

    def _verify_signature(self, token: str) -> Claims:
        claims = jwt.decode(
            token,
            self._secrets[jwt.get_unverified_header(token)["kid"]],
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "sid", "sub"], "verify_exp": False},
        )
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]), float(claims["exp"]))


def key_id(secret: str) -> str:
    """Return the name of a secret, from which the secret cannot be guessed."""
    return hashlib.sha256(b"kid:" + secret.encode()).hexdigest()[:16]
