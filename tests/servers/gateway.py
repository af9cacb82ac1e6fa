"""A firewall before a server: it forgets connections without a word, as those on a long way do."""

import selectors
import socket
import struct
import threading

# Closing says "reset" and not "end".
_RESET = struct.pack("ii", 1, 0)
_CHUNK = 65536


class Gateway:
    """Lets through what is said between its own `port` and the server's.

    After `forget` a connection that stands seems to stand still; whoever speaks on it is reset.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._other_end: dict[socket.socket, socket.socket] = {}
        self._forgotten: set[socket.socket] = set()
        self._ears = selectors.DefaultSelector()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._bell, self._bell_button = socket.socketpair()
        for one in (self._door, self._bell):
            self._ears.register(one, selectors.EVENT_READ)
        self.port: int = self._door.getsockname()[1]
        self._porter = threading.Thread(target=self._serve)
        self._porter.start()

    def forget(self) -> None:
        """Forget every connection that stands."""
        self._forgotten |= set(self._other_end)

    def close(self) -> None:
        """End everything."""
        self._bell_button.close()
        self._porter.join()
        for one in (*self._other_end, self._door, self._bell):
            one.close()
        self._ears.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._ears.select():
                heard = key.fileobj
                assert isinstance(heard, socket.socket)
                if heard is self._bell:
                    return
                if heard is self._door:
                    self._let_in()
                elif heard in self._other_end:
                    self._pass_on(heard)

    def _let_in(self) -> None:
        client, _ = self._door.accept()
        server = socket.create_connection(("127.0.0.1", self._server_port))
        for one, other in ((client, server), (server, client)):
            self._other_end[one] = other
            self._ears.register(one, selectors.EVENT_READ)

    def _pass_on(self, heard: socket.socket) -> None:
        said = heard.recv(_CHUNK)
        if said and heard not in self._forgotten:
            self._other_end[heard].sendall(said)
            return
        for end in (heard, self._other_end[heard]):
            if heard in self._forgotten:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._ears.unregister(end)
            del self._other_end[end]
            end.close()
