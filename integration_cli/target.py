"""The app under judgement: its address, and whether it is ours to hammer."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class AppUrl:
    """The address of an app, in one spelling, so that two spellings name one app in the ledger."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "AppUrl":
        """Read an address such as `http://127.0.0.1:8000` or `https://api.example.org/v1/`.

        Raises:
            ValueError: it is not an http(s) address; the text says what is wrong with it.
        """
        parts = urlsplit(text.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{text!r} is not an http:// or https:// address.")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(f"{text!r} must be a plain address: no user, query or fragment.")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))

    def __str__(self) -> str:
        default = 443 if self.scheme == "https" else 80
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{self.netloc_host}{port}{self.prefix}"

    @property
    def netloc_host(self) -> str:
        """The host as a URL writes it: an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine. A name is not looked up: what it means may change."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
