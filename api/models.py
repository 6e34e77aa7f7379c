"""Every table of the service: import `Base` from here to have them all in its metadata."""

from api.auth.models import RefreshToken
from api.database import Base
from api.items.models import Item
from api.users.models import User

__all__ = ["Base", "Item", "RefreshToken", "User"]
