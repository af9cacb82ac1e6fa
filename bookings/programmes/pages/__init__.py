"""The catalogue in pages: for teachers to find, for methodologists to write.

```
find        the list and its search, one activity, its materials
staff       the list of everything, one activity with its versions
edit        new, change, preview, prepare the next school year, archive
curriculum  learning areas, subjects, outcomes
options     what the forms offer to choose
wording     how a row is said
```
"""

from bookings.programmes.pages import curriculum, edit, find, staff

PAGES = [*find.PAGES, *staff.PAGES, *edit.PAGES, *curriculum.PAGES]

__all__ = ["PAGES"]
