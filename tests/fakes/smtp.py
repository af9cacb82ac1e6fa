"""A mail server of the tests' own: real SMTP on loopback, which keeps what it is given.

It is no stand-in for our code: `smtplib` talks to it over a socket, as it would to any server.
"""

import socketserver
import threading
from types import TracebackType
from typing import Self


class _Letterbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refuse: str) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refuse = refuse
        self.letters: list[tuple[str, list[str], bytes]] = []


class _Talk(socketserver.StreamRequestHandler):
    """One conversation: enough of RFC 5321 for one letter after the other."""

    server: _Letterbox

    def handle(self) -> None:
        sender, recipients = "", list[str]()
        self._say("220 tests ESMTP")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == self.server.refuse:
                self._say("451 not now")
            elif verb == "EHLO":
                self._say("250-tests\r\n250-SMTPUTF8\r\n250 8BITMIME")
            elif verb == "MAIL":
                sender, recipients = line, []
                self._say("250 ok")
            elif verb == "RCPT":
                recipients.append(line[8:].strip("<> "))
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.letters.append((sender, recipients, self._letter()))
                self._say("250 ok")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _SmtpServer:
    """`with smtp_server() as server:` its `url`, and the `letters` that came."""

    def __init__(self, refuse: str) -> None:
        self._letterbox = _Letterbox(refuse)
        self.url = f"smtp://127.0.0.1:{self._letterbox.server_address[1]}"
        self._thread = threading.Thread(
            target=self._letterbox.serve_forever, kwargs={"poll_interval": 0.01}
        )

    @property
    def letters(self) -> list[tuple[str, list[str], bytes]]:
        """Sender's line, recipients and bytes of each letter, in the order they came."""
        return self._letterbox.letters

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._letterbox.shutdown()
        self._letterbox.server_close()
        self._thread.join()


def smtp_server(*, refuse: str = "") -> _SmtpServer:
    """A server on a free port; `refuse` is a verb, such as ``RCPT``, that it answers with 451."""
    return _SmtpServer(refuse)
