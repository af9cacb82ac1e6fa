from datetime import UTC, date, datetime, time

import pytest
from babel.dates import get_month_names
from jinja2 import UndefinedError

from vizium.kernel.clock import from_wall
from vizium.kernel.text import fold
from vizium.web.templating import (
    environment,
    euro,
    kilometres,
    long_day,
    percent,
    period,
    short_date,
    wall_time,
)


@pytest.mark.parametrize(
    ("lang", "day", "text"),
    [
        ("lv", date(2027, 3, 30), "otrdien, 2027. gada 30. martā"),
        ("lv", date(2026, 12, 6), "svētdien, 2026. gada 6. decembrī"),
        ("lv", date(2027, 5, 5), "trešdien, 2027. gada 5. maijā"),
        ("en", date(2027, 3, 30), "Tuesday 30 March 2027"),
        ("en", date(2026, 12, 6), "Sunday 6 December 2026"),
    ],
)
def test_day_on_which_something_happens_is_written_as_people_say_it(
    lang: str, day: date, text: str
) -> None:
    assert long_day(lang, day) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_latvian_months_begin_like_those_of_cldr(month: int) -> None:
    written = long_day("lv", date(2027, month, 15)).rpartition(" ")[2]
    name = get_month_names("wide", locale="lv")[month]

    assert fold(written)[:-1] == fold(name)[: len(written) - 1]


def test_instants_are_written_as_clocks_and_calendars_in_riga_show_them() -> None:
    late = datetime(2027, 3, 29, 22, 30, tzinfo=UTC)

    assert short_date(late) == "30.03.2027"
    assert long_day("en", late) == "Tuesday 30 March 2027"
    assert (wall_time("lv", late), wall_time("en", late)) == ("01.30", "01:30")


@pytest.mark.parametrize(
    ("cents", "latvian", "english"),
    [(123_450, "1 234,50 €", "€1,234.50"), (5, "0,05 €", "€0.05"), (-100, "-1,00 €", "-€1.00")],
)
def test_money_is_written_as_each_language_does(cents: int, latvian: str, english: str) -> None:
    assert euro("lv", cents).replace("\u00a0", " ") == latvian
    assert euro("en", cents) == english


@pytest.mark.parametrize(
    ("basis_points", "latvian"), [(0, "0 %"), (7_500, "75 %"), (1_250, "12,5 %"), (5, "0,05 %")]
)
def test_share_is_written_whole(basis_points: int, latvian: str) -> None:
    assert percent("lv", basis_points).replace("\u00a0", " ") == latvian
    assert percent("en", basis_points).replace("\u00a0", " ") == latvian.replace(",", ".")


def test_distance_is_written_in_whole_kilometres() -> None:
    assert kilometres(189_600).replace("\u00a0", " ") == "190 km"


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_templates_escape_what_people_typed(lang: str) -> None:
    template = environment(lang).from_string("<b title='{{ name }}'>{{ name }}</b>")

    assert "<script>" not in template.render(name="'><script>alert(1)</script>")


def test_value_that_a_page_forgot_is_a_mistake_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        environment("lv").from_string("{{ forgotten }}").render()


def test_every_filter_works_on_its_value() -> None:
    filters = environment("lv").filters
    instant = datetime(2027, 3, 30, 7, tzinfo=UTC)
    values = {
        "euro": 100, "day": instant, "date": instant, "time": instant, "instant": instant,
        "iso": instant, "km": 1000, "percent": 7500, "iban": "LV80BANK0000435195001",
    }  # fmt: skip

    written = {name: filters[name](value) for name, value in values.items()}

    assert {name: text.replace("\u00a0", " ") for name, text in written.items()} == {
        "euro": "1,00 €",
        "day": "otrdien, 2027. gada 30. martā",
        "date": "30.03.2027",
        "time": "10.00",
        "instant": "30.03.2027 10.00",
        "iso": "2027-03-30T07:00:00+00:00",
        "km": "1 km",
        "percent": "75 %",
        "iban": "LV80 BANK 0000 4351 9500 1",
    }


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((1, 0, 0), (1, 23, 45), "01.03.2027, visu dienu"),
        ((1, 0, 0), (2, 0, 0), "01.03.2027, visu dienu"),
        ((1, 0, 0), (3, 23, 45), "01.03.2027–03.03.2027, visu dienu"),
        ((1, 10, 15), (1, 12, 0), "01.03.2027 10.15–12.00"),
        ((1, 10, 15), (2, 0, 0), "01.03.2027 10.15–00.00"),
        ((1, 10, 15), (2, 12, 0), "01.03.2027 10.15 – 02.03.2027 12.00"),
        # The clocks go forward on this Sunday.
        ((28, 0, 0), (28, 23, 45), "28.03.2027, visu dienu"),
    ],
)
def test_period_says_whole_days_as_days(
    start: tuple[int, int, int], end: tuple[int, int, int], words: str
) -> None:
    def instant(day: int, hour: int, minute: int) -> datetime:
        return from_wall(date(2027, 3, day), time(hour, minute))

    assert period("lv", instant(*start), instant(*end)) == words
