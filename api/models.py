"""Every table of the service: import `Base` from here to have them all in its metadata."""

from api.auth.models import Login, LoginAttempts, RefreshToken
from api.database import Base
from api.idempotency.models import IdempotencyKey
from api.items.models import Item
from api.users.models import User

__all__ = ["Base", "IdempotencyKey", "Item", "Login", "LoginAttempts", "RefreshToken", "User"]
