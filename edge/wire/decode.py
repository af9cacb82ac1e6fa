"""From a publish to messages, whatever the bytes: this never raises.

packet -> bounds -> dialect by topic -> messages
              |          |
              `----------`--> one dead letter with its reason
"""

from edge.wire.dialects import decoder_for
from edge.wire.limits import PAYLOAD_BYTES_MAX, TOPIC_CHARACTERS_MAX
from edge.wire.messages import DeadLetterReason, Message
from edge.wire.packets import Packet
from edge.wire.refusals import Refused, dead_letter
from edge.wire.topics import is_device_id, parse_topic


def decode(packet: Packet) -> list[Message]:
    """Decode one publish of any dialect; at least one message comes back.

    What cannot be understood comes back as a ``DeadLetter``, never as an
    exception: one poisonous message must not stop the stream behind it.
    """
    try:
        _check_bounds(packet)
        return decoder_for(packet.topic)(packet)
    except Refused as refused:
        return [dead_letter(packet, refused, _device(packet.topic))]
    except Exception as error:  # noqa: BLE001 - the last wall: a bug in a decoder stops no stream
        unreadable = Refused(DeadLetterReason.UNREADABLE, repr(error))
        return [dead_letter(packet, unreadable, _device(packet.topic))]


def _check_bounds(packet: Packet) -> None:
    if len(packet.topic) > TOPIC_CHARACTERS_MAX:
        raise Refused(DeadLetterReason.TOPIC_TOO_LONG, f"{len(packet.topic)} characters")
    if len(packet.payload) > PAYLOAD_BYTES_MAX:
        raise Refused(DeadLetterReason.OVERSIZED, f"{len(packet.payload)} bytes")


def _device(topic: str) -> str | None:
    place = parse_topic(topic)
    return place.device if place is not None and is_device_id(place.device) else None
