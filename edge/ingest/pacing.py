"""Something that is due every so many seconds."""


class Pace:
    """Due at once, then every ``every_s``."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._due_at_s = float("-inf")

    def is_due(self, now_s: float) -> bool:
        """Whether it is time; asking when it is restarts the pace."""
        if now_s < self._due_at_s:
            return False
        self._due_at_s = now_s + self._every_s
        return True
