"""The letter to a host: what is new in a day, how the day stands, and entries for the calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.courses.certificate import CalendarDay, make_calendar
from bookings.hosts.queries import ToldRow
from bookings.hosts.rules import Duty, HostNews, NewsKind, sequence_at
from bookings.resources.queries import HostRow
from bookings.visits.service.feeds import Feed, FeedKind, feed_url
from bookings.visits.service.papers import ADDRESS
from vizium.auth.queries import find_by_email
from vizium.mail.service import Mail, send
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import long_day, wall_time


@dataclass(frozen=True, slots=True)
class DayLetter:
    """What a letter is about: whom it is for, what was told before, what stands, what is new."""

    host: HostRow
    told: ToldRow
    duties: Sequence[Duty]
    news: Sequence[HostNews]


def send_news(session: Session, letter: DayLetter, *, settings: Settings, now: datetime) -> None:
    """Put the letter into the outbox, once for each version of what the host was told."""
    host, told, duties = letter.host, letter.told, letter.duties
    person = find_by_email(session, host.email)
    words = translator(person.language if person else "lv")
    url = feed_url(session, Feed(FeedKind.HOST, host.code), lang=words.lang, settings=settings)
    day = long_day(words.lang, told.day)
    body = [
        words.t("Hello, %(name)s!", name=host.name),
        "\n".join(
            [words.t("Your day has changed: %(day)s.", day=day), *_new_lines(letter.news, words)]
        ),
        _day_lines(duties, words),
        words.t("Later days change without a letter; your calendar shows them: %(url)s", url=url),
        ADDRESS,
        "",
    ]
    mail = Mail(
        key=f"host:{host.code}:{told.day}:{told.version + 1}",
        recipient=host.email,
        subject=words.t("Your day has changed: %(day)s", day=day),
        text="\n\n".join(body),
        language=words.lang,
        calendar=_calendar(told, duties, words, url=url, now=now),
    )
    send(session, mail, now=now)


def _new_lines(news: Sequence[HostNews], words: Translator) -> Iterator[str]:
    for one in news:
        if one.after is None:
            assert one.before is not None
            yield words.t("No longer: %(stop)s", stop=_line(one.before, words.lang))
        elif one.before is None:
            yield words.t("New: %(stop)s", stop=_line(one.after, words.lang))
        else:
            yield _moved(one.kind, one.before, one.after, words)


def _moved(kind: NewsKind, before: Duty, after: Duty, words: Translator) -> str:
    was = _span(before, words.lang)
    if kind is NewsKind.OTHER_ROOM:
        was = before.places[words.lang] or "–"
    return words.t("Now: %(stop)s (was: %(was)s)", stop=_line(after, words.lang), was=was)


def _day_lines(duties: Sequence[Duty], words: Translator) -> str:
    if not duties:
        return words.t("You have no groups on this day any more.")
    return "\n".join([words.t("Your day:"), *(_line(duty, words.lang) for duty in duties)])


def _line(duty: Duty, lang: str) -> str:
    """``10.00–11.00 Roboti, Laboratorija: Paraugu pamatskola, 24``."""
    place = ", ".join(part for part in (_title(duty, lang), duty.places[lang]) if part)
    return f"{_span(duty, lang)} {place}: {duty.who}, {duty.people}"


def _span(duty: Duty, lang: str) -> str:
    return f"{wall_time(lang, duty.start)}–{wall_time(lang, duty.end)}"


def _title(duty: Duty, lang: str) -> str:
    return duty.titles.get(lang) or duty.titles["lv"]


def _calendar(
    told: ToldRow, duties: Sequence[Duty], words: Translator, *, url: str, now: datetime
) -> bytes:
    """What stands, and what was told and stands no longer, struck out."""
    standing = {duty.uid for duty in duties}
    gone = [duty for duty in told.told if duty.uid not in standing]
    days = [
        CalendarDay(
            uid=duty.uid,
            sequence=sequence_at(now),
            start=duty.start,
            end=duty.end,
            summary=f"{_title(duty, words.lang)}: {duty.people}, {duty.who}",
            description=_line(duty, words.lang),
            location=duty.places[words.lang],
            url=url,
            cancelled=is_gone,
        )
        for is_gone, found in ((False, duties), (True, gone))
        for duty in found
    ]
    return make_calendar(days, made_at=now)
