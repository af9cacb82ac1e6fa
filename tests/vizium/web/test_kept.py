"""A small memory: made once, the oldest forgotten first."""

from vizium.web.kept import Kept


def test_value_is_made_once_for_a_key() -> None:
    made: list[int] = []
    kept: Kept[int] = Kept(most=2)

    values = [kept.get("a", lambda: _make(made)) for _ in range(3)]

    assert values == [1, 1, 1]
    assert made == [1]


def test_key_used_longest_ago_is_forgotten_first() -> None:
    made: list[int] = []
    kept: Kept[int] = Kept(most=2)

    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, lambda: _make(made))

    assert made == [1, 2, 3, 4]


def _make(made: list[int]) -> int:
    made.append(len(made) + 1)
    return made[-1]
