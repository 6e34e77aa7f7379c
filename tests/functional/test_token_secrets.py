"""The secrets of access tokens: how they are exchanged, and what a token may say of its own."""

import base64
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr

from api.app import State
from api.auth.tokens import AccessTokens, key_id
from api.settings import Settings
from api.users.models import User
from tests.functional.test_logins import tokens_of


class TestTokenSecrets:
    """Secrets are exchanged while the service runs: the new one signs, the old one stays good."""

    NEW = "the next secret of the service, which is long enough"

    @pytest.fixture
    def rotated(self, settings: Settings, state: State) -> AccessTokens:
        old = settings.token_secret
        changed = {"token_secret": SecretStr(self.NEW), "also_accepted_token_secrets": [old]}
        state["tokens"] = AccessTokens.of(settings.model_copy(update=changed))
        return state["tokens"]

    @pytest.mark.usefixtures("rotated")
    async def test_old_tokens_are_good(self, me: AsyncClient) -> None:
        """Nobody has to log in again."""
        assert (await me.get("/users/me")).status_code == 200

    @pytest.mark.usefixtures("rotated")
    async def test_new_one_signs(self, client: AsyncClient, user: User) -> None:
        """New tokens name the new secret, and are signed by it."""
        token = (await tokens_of(client, user))["access_token"]
        assert jwt.get_unverified_header(token)["kid"] == key_id(self.NEW)
        jwt.decode(token, self.NEW, ["HS256"], audience="pir-api")

    async def test_unknown_secret(self, me: AsyncClient, state: State) -> None:
        """When the old secret is taken out, so are its tokens."""
        state["tokens"] = AccessTokens([self.NEW], timedelta(minutes=1))
        assert (await me.get("/users/me")).status_code == 401

    @pytest.mark.parametrize("kid", [None, 5, ["x"], {"x": 1}, "", "\x00"])
    async def test_odd_kid(self, client: AsyncClient, settings: Settings, kid: object) -> None:
        """A header is what the client says: whatever it names, the answer is a 401."""
        parts = [json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode(), b"{}"]
        signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        secret = settings.token_secret.get_secret_value().encode()
        signature = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
        headers = {"Authorization": f"Bearer {signed.decode()}.{signature.decode()}"}
        assert (await client.get("/users/me", headers=headers)).status_code == 401
