from threading import Thread

from edge.ingest.batches import make_batches
from edge.ingest.inbox import Arrival, Inbox
from edge.wire.messages import DeadLetter
from edge.wire.packets import Packet


def arrival(number: int, *, qos: int = 1, topic: str = "t") -> Arrival:
    return Arrival(Packet(topic, b"", number), number, qos, 1)


def test_full_inbox_lets_go_of_qos_0_only() -> None:
    inbox = Inbox(1)
    taken_in = [inbox.put(arrival(1)), inbox.put(arrival(2, qos=0))]
    waiting = Thread(target=inbox.put, args=(arrival(3),))
    waiting.start()

    first = inbox.take(10, 0)
    second = inbox.take(10, 0)

    waiting.join()
    assert taken_in == [True, False]
    assert [one.message_id for one in first + second] == [1, 3]


def test_closed_inbox_gives_what_is_inside_and_then_nothing() -> None:
    inbox = Inbox(10)
    inbox.put(arrival(1))

    inbox.close()

    assert inbox.put(arrival(2)) is False
    assert [one.message_id for one in inbox.take(10, 60)] == [1]
    assert inbox.take(10, 60) == []


def test_closing_frees_who_waits() -> None:
    inbox = Inbox(1)
    inbox.put(arrival(1))
    waiting = Thread(target=inbox.put, args=(arrival(2),))
    waiting.start()

    inbox.close()

    waiting.join(20)
    assert not waiting.is_alive()


def test_batches_hold_whole_packets_and_no_echo() -> None:
    arrivals = [arrival(1), arrival(2, topic="vizium/1/main/hub/time"), arrival(3), arrival(4)]

    batches = list(make_batches(arrivals, most=2))

    assert [[one.message_id for one in batch.arrivals] for batch in batches] == [[1, 2, 3], [4]]
    assert [[type(message) for message, _ in batch.items] for batch in batches] == [
        [DeadLetter, DeadLetter],
        [DeadLetter],
    ]
