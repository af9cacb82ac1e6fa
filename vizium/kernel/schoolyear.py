"""A school year as a value that can be compared: 1 September to 31 August.

The idea is that of a field's concept as one small type: nobody outside adds 1 to a year by hand.
"""

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """The school year that starts on 1 September of `start_year`."""

    start_year: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The school year that contains a day."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026/2027``.

        Raises:
            ValueError: another form, or years that do not follow each other.
        """
        start, _, end = text.partition("/")
        if int(end) != int(start) + 1:
            raise ValueError(text)
        return cls(int(start))

    @property
    def first_day(self) -> date:
        """1 September."""
        return date(self.start_year, 9, 1)

    @property
    def last_day(self) -> date:
        """31 August of the next calendar year."""
        return date(self.start_year + 1, 8, 31)

    def next(self) -> "SchoolYear":
        """The school year after this one."""
        return SchoolYear(self.start_year + 1)

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return f"{self.start_year}/{self.start_year + 1}"
