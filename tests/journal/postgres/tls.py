"""TLS in front of a server that was built without it, as a journal's far server has it."""

import contextlib
import select
import socket
import ssl
import struct
import threading
from pathlib import Path

TLS_REQUEST = 80877103


class TlsFront:
    """Takes lines over TLS with a certificate, and hands what they carry on to a server.

    Args:
        port: the server's, on this host.
        certificate: a file with the certificate and its key.
        address: where it listens.
        asks: whether its clients ask for TLS first, as those of PostgreSQL do.
    """

    def __init__(
        self, port: int, certificate: Path, address: str = "127.0.0.1", *, asks: bool = True
    ) -> None:
        self._target = ("127.0.0.1", port)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._asks = asks
        self._listening = socket.create_server((address, 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "TlsFront":
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line:
            if self._asks:
                # Another kind of encryption is asked for first by some clients.
                while struct.unpack("!II", line.recv(8))[1] != TLS_REQUEST:
                    line.sendall(b"N")
                line.sendall(b"S")
            with (
                self._context.wrap_socket(line, server_side=True) as here,
                socket.create_connection(self._target) as there,
            ):
                while True:
                    ready = [here] if here.pending() else select.select([here, there], [], [])[0]
                    for one in ready:
                        if not (data := one.recv(65536)):
                            return
                        (there if one is here else here).sendall(data)
