"""The search of the catalogue over 5,000 activities, beside plain SQL LIKE in the same run.

Goal (issue 3): p95 <= 20 ms. Both read the same SQLite file. Ours folds diacritics, handles endings
and slips, ranks, and counts the options of every filter; LIKE finds the letters as they were typed,
and counts and ranks nothing.
"""

import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text

sys.path.insert(0, str(Path(__file__).parent.parent))

from bookings.programmes.models import Activity, CatalogueVersion
from bookings.programmes.queries import search_activities
from bookings.programmes.rules import CATALOGUE_MAX, ActivityRow, ActivitySearch, content_of
from bookings.programmes.service import load_area, load_outcome, load_subject
from tests.bookings.programmes.catalogue import sample_activities
from vizium.cli import sample_rows as rows
from vizium.cli.sample_cells import read_rows
from vizium.db import migrate
from vizium.db.session import Database, Session
from vizium.kernel.text import words

_QUESTIONS = 2_000
_SEED = 3
# A page of results.
_MOST = 40
_NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
_SYLLABLES = (
    "ba be bi du ga ge ko ku la le li ma mi na ni pa pe ra ri ro sa se si ta te ti ve vi za zi"
)
# Words as a teacher types them: cases, slips, beginnings, English.
_TYPED = (
    *("ķīmijas eksperimenti", "robotu", "ģeometriskās figūras", "enerģija", "sensoru dati"),
    *("kimjia", "robtos", "varbutba", "zemestr", "mākslīg", "mērīt pulsu", "programmēt"),
    *("kitchen chemistry", "earthquakes", "T-07", "P.DAB.9", "dinozauri", "vēja turbīnas", ""),
)
_LIKE = text(
    "SELECT code, title_lv FROM programmes_activity WHERE (lower(title_lv) LIKE :word"
    " OR lower(title_en) LIKE :word OR lower(summary_lv) LIKE :word OR lower(summary_en) LIKE :word"
    " OR lower(outcomes_lv) LIKE :word OR lower(outcomes_en) LIKE :word)"
    " AND (:grade = '' OR ',' || trim(replace(grades, ' ', ''), '[]') || ',' LIKE :grade)"
    " ORDER BY position LIMIT :most"
)


def main() -> None:
    """Fill a database, ask both the same questions, print what they took."""
    draw = random.Random(_SEED)
    questions = [_question(draw) for _ in range(_QUESTIONS)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/search.sqlite"
        migrate.upgrade(url)
        database = Database(url)
        with database.transaction() as session:
            _fill(session, draw)
        with database.reading() as session:
            made_s = _first_search_s(session)
        with database.transaction() as session:
            session.merge(CatalogueVersion(id=1, version="weighed"))
        with database.reading() as session:
            kept_mb = _weigh_mb(session)
            ours = _measure(questions, lambda wanted: _ask_ours(session, wanted))
            like = _measure(questions, lambda wanted: _ask_like(session, wanted))
        database.close()
    print(f"activities                         {CATALOGUE_MAX:8,}")
    print(f"questions                          {_QUESTIONS:8,}")
    print(f"index made, once a version         {made_s:8.2f} s, {kept_mb:.0f} MB kept")
    for name, taken in (("search", ours), ("SQL LIKE, no counts, no ranking", like)):
        p50, p95, worst = (taken[int(len(taken) * at)] for at in (0.5, 0.95, 0.999))
        print(f"{name:34} p50 {p50:6.2f} ms  p95 {p95:6.2f} ms  worst of 1,000 {worst:6.2f} ms")
    print("goal: search p95 <= 20 ms")


def _fill(session: Session, draw: random.Random) -> None:
    """The sample's curriculum and 5,000 activities made of the sample's and of invented words."""
    for cells in read_rows("learning_areas.csv"):
        load_area(session, rows.title(cells), position=cells.row)
    for cells in read_rows("subjects.csv"):
        load_subject(session, rows.title(cells), position=cells.row)
    for cells in read_rows("outcomes.csv"):
        load_outcome(session, rows.outcome(cells), position=cells.row)
    vocabulary = [_word(draw) for _ in range(6_000)]
    values = [
        content_of(_made_up(number, draw, vocabulary))
        | {"position": number, "school_year": 0, "version": 0}
        for number in range(CATALOGUE_MAX)
    ]
    session.execute(insert(Activity), values)
    session.merge(CatalogueVersion(id=1, version="benchmark"))


def _made_up(number: int, draw: random.Random, vocabulary: Sequence[str]) -> ActivityRow:
    model = sample_activities()[number % len(sample_activities())]

    def invented(count: int) -> str:
        return " ".join(draw.choices(vocabulary, k=count))

    if number < len(sample_activities()):
        return model
    return replace(
        model,
        code=f"X-{number:04d}",
        title_lv=f"{draw.choice(words(model.title_lv))} {invented(3)}",
        title_en=f"{draw.choice(words(model.title_en))} {invented(3)}",
        summary_lv=f"{model.summary_lv} {invented(20)}",
        summary_en=f"{model.summary_en} {invented(20)}",
        grades=tuple(sorted(draw.sample(range(13), k=3))),
    )


def _word(draw: random.Random) -> str:
    return "".join(draw.choices(_SYLLABLES.split(), k=draw.randint(2, 5))) + draw.choice("as")


def _question(draw: random.Random) -> ActivitySearch:
    return ActivitySearch(
        q=draw.choice(_TYPED) if draw.random() < 0.8 else _word(draw),
        grade=draw.choice([None, None, 5, 9, 12]),
        area=draw.choice(["", "", "science", "technology"]),
        language=draw.choice(["", "", "en"]),
    )


def _first_search_s(session: Session) -> float:
    started_s = time.perf_counter()
    search_activities(session, ActivitySearch(), most=_MOST)
    return time.perf_counter() - started_s


def _weigh_mb(session: Session) -> float:
    """What a catalogue takes that is read anew."""
    tracemalloc.start()
    search_activities(session, ActivitySearch(), most=_MOST)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 1_000_000


def _measure(
    questions: Sequence[ActivitySearch], ask: Callable[[ActivitySearch], object]
) -> list[float]:
    """Milliseconds of each question, ascending."""
    taken = []
    for wanted in questions:
        started_s = time.perf_counter()
        ask(wanted)
        taken.append((time.perf_counter() - started_s) * 1000)
    return sorted(taken)


def _ask_ours(session: Session, wanted: ActivitySearch) -> object:
    return search_activities(session, wanted, most=_MOST)


def _ask_like(session: Session, wanted: ActivitySearch) -> object:
    grade = "" if wanted.grade is None else f"%,{wanted.grade},%"
    asked = {"word": f"%{wanted.q.lower()}%", "grade": grade, "most": _MOST}
    return session.execute(_LIKE, asked).all()


if __name__ == "__main__":
    main()
