"""Access tokens: short-lived JSON Web Tokens (RFC 7519) that name a user."""

from datetime import UTC, datetime
from uuid import UUID

import jwt

from api.settings import Settings

ALGORITHM = "HS256"
ISSUER = "pir"
AUDIENCE = "pir-api"


def issue_access_token(settings: Settings, user_id: UUID, now: datetime | None = None) -> str:
    """Sign a token for the user, good for `settings.access_token_lifetime` from now on."""
    issued_at = now or datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "iat": issued_at,
        "exp": issued_at + settings.access_token_lifetime,
    }
    return jwt.encode(claims, settings.token_secret.get_secret_value(), ALGORITHM)


def read_access_token(settings: Settings, token: str) -> UUID | None:
    """Return the id of the user whom the token names, or None if it is not, or no longer, good."""
    try:
        claims = jwt.decode(
            token,
            settings.token_secret.get_secret_value(),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "sub"]},
        )
        return UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None
