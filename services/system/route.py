"""How connections to the vendor are made: through which proxy, trusting whom."""

from urllib.parse import urlsplit

from msgspec import Struct

from services.domain.secrets import Secret
from services.domain.text import SafeText, clean


class Route(Struct, frozen=True):
    """How connections to the vendor are made.

    Attributes:
        proxy: `http://host:port`, or empty to connect directly.
        proxy_auth: the proxy's `NAME:PASSWORD`, if it wants one.
        ca: certificates (PEM) that are trusted beside the public ones, or empty.
        ca_name: the file that they came from.
    """

    proxy: str = ""
    proxy_auth: Secret | None = None
    ca: str = ""
    ca_name: str = ""

    def words(self) -> SafeText:
        """Say in a few words what is not the usual way; empty where nothing is."""
        host = urlsplit(self.proxy).netloc
        parts = (host and f"via {host}", self.ca_name and f"CA {self.ca_name}")
        return clean(", ".join(part for part in parts if part), 80)
