import io
from datetime import datetime
from pathlib import Path

import pytest

from bookings.schools.queries import get_school
from vizium.cli.import_export import EXPORTS, import_schools, write_export
from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput

REGISTER = """Nosaukums|Reģistrācijas numurs|Adrese
Kuldīgas 2. vidusskola|4113900261|Jelgavas iela 62, Kuldīga, Kuldīgas novads, LV-3301
Tartu skola|4113900262|Ülikooli 18, Tartu
Bez numura|411|Kuldīga
"""


def test_import_into_a_new_centre_knows_distances(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "register.txt"
    file.write_text(REGISTER, encoding="utf-8-sig")

    report = import_schools(database, file, now=now)
    again = import_schools(database, file, now=now)

    assert report.as_text().splitlines() == [
        "3 rows read: 2 added, 0 changed, 0 unchanged, 1 rejected; 1 stored without a distance.",
        "row 4: the registration number must have 10 or 11 digits but is “411”",
        "row 3: it is not known where this is: Ülikooli 18, Tartu",
    ]
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    with database.reading() as session:
        assert get_school(session, "4113900261").distance_m == 62_000


def test_import_of_an_unreadable_file_stores_nothing(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "register.txt"
    file.write_bytes(REGISTER.encode("cp1257", errors="replace"))

    with pytest.raises(InvalidInput):
        import_schools(database, file, now=now)

    file.write_text(REGISTER)
    assert import_schools(database, file, now=now).added == 2


@pytest.mark.parametrize("what", list(EXPORTS))
def test_export_of_an_empty_centre_has_a_header(database: Database, what: str) -> None:
    file = io.StringIO()

    write_export(database, what, file)

    assert file.getvalue().splitlines() == [",".join(EXPORTS[what][0])]
