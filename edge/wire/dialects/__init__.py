"""Who speaks how: one registry from a topic's first words to a pure decoder.

A dialect is a function from a packet to messages; it raises ``Refused`` on what
it cannot take. Adding one is one line here.
"""

from collections.abc import Callable, Mapping

from edge.wire.dialects.vizium import decode_vizium
from edge.wire.messages import DeadLetterReason, Message
from edge.wire.packets import Packet
from edge.wire.refusals import Refused

Decoder = Callable[[Packet], list[Message]]

DECODER_BY_PREFIX: Mapping[str, Decoder] = {
    "vizium": decode_vizium,
}


def decoder_for(topic: str) -> Decoder:
    """The decoder of the dialect that owns the topic.

    Raises:
        Refused: nobody owns it.
    """
    decoder = DECODER_BY_PREFIX.get(topic.partition("/")[0])
    if decoder is None:
        raise Refused(DeadLetterReason.UNSUPPORTED_TOPIC)
    return decoder
