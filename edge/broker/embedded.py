"""The broker that comes with ``pip``: rumqttd in a wheel, in a child process.

Loopback only, because it knows no passwords and no ACL, speaks MQTT 3.1.1 on this
listener, and forgets everything when it ends. A real centre sets VIZIUM_MQTT_URL.
"""

import logging
import os
from importlib import import_module
from typing import Any

from vizium.kernel.errors import SettingsError

LOOPBACK = "127.0.0.1"
# The contract's 16 kB and a topic; the wire makes dead letters of what is between.
_PAYLOAD_BYTES_MAX = 20_480

log = logging.getLogger(__name__)


class EmbeddedBroker:
    """A broker for one machine; ends with the process that started it."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._broker: Any = None

    def start(self) -> None:
        """Start and wait until it listens.

        Raises:
            SettingsError: no wheel here, a busy port or another machine's address.
        """
        if self.host != LOOPBACK:
            raise SettingsError(
                f"The embedded broker has no passwords and listens on {LOOPBACK} only, not on "
                f"{self.host}; set VIZIUM_MQTT_URL to a real broker."
            )
        broker = _load()(port=self.port, listen=self.host, max_payload_size=_PAYLOAD_BYTES_MAX)
        try:
            broker.start()
        except OSError as error:
            raise SettingsError(
                f"Port {self.port} is taken, so the embedded MQTT broker cannot start: set "
                f"VIZIUM_MQTT_PORT to a free port, or VIZIUM_MQTT_URL to the broker that has it."
            ) from error
        except RuntimeError as error:
            raise SettingsError(
                f"The embedded MQTT broker did not start ({error}): install Mosquitto or any MQTT "
                "broker and set VIZIUM_MQTT_URL to it, e.g. mqtt://127.0.0.1:1883."
            ) from error
        self._broker = broker

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        if self._broker is not None:
            self._broker.stop()
            self._broker = None


def _load() -> Any:  # noqa: ANN401 - the wheel carries no types and may be missing
    os.environ.setdefault("IOTCORE_LOG_LEVEL", "CRITICAL")
    try:
        return import_module("iotcore").Broker
    except ImportError as error:
        raise SettingsError(
            "The embedded MQTT broker has no wheel for this machine: install Mosquitto or any "
            "MQTT 5 broker and set VIZIUM_MQTT_URL to it, e.g. mqtt://127.0.0.1:1883."
        ) from error
