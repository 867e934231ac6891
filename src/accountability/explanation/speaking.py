"""Reasons in words: a line of English or Chinese for each, with instants in local time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accountability.explanation.reason import Reason
from accountability.explanation.wording import CLASSES, DAYS, MOMENTS, MONTHS, NOTES, SENTENCES, STEPS, WEEKDAYS
from accountability.policy.keywords import WORDS, Script
from accountability.policy.rendering.voice import Voice
from accountability.workdays import Limit

HOLE = re.compile(r"\{(\w+)(?:([:|])([^{}]*))?\}")
TRANSLATED = ("kind", "status", "part")
"""What values are called that are words of ours, and have a word in Chinese."""

OF_HOLDERS = ("answers", "vacant")
"""Reasons whose instant is that at which is looked up who held a post."""


class Speaker:
    """Says reasons in one language, with instants in *zone*."""

    def __init__(self, script: Script, zone: ZoneInfo) -> None:
        self.script, self.zone, self.voice = script, zone, Voice(script)

    def say(self, reason: Reason) -> str:
        """The one line that *reason* is, without those below it."""
        values = reason.values
        translated = IN_ENGLISH.get(reason.word) if self.script == "zh" else None

        def fill(hole: re.Match[str]) -> str:
            name, mark, rest = hole[1], hole[2], hole[3]
            if name in values:
                told = self.value(name, values[name]) if translated is None else translated(str(values[name]))
                if reason.word in OF_HOLDERS and name == "at":
                    told = self.deciding(values[name])  # type: ignore[arg-type]
                return rest.replace("%", told) if mark == ":" else told
            return rest if mark == "|" else ""

        return HOLE.sub(fill, SENTENCES[reason.word][self.script == "zh"])

    def value(self, name: str, value: object) -> str:
        """One value in words; *name* is what it is called in its reason."""
        chinese = self.script == "zh"
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, timedelta):
            return self.length(value)
        if isinstance(value, Limit):
            return self.voice.limit(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple):
            return self.voice(", ", "、").join(self.value(name, item) for item in value)
        if isinstance(value, Mapping):
            return self.voice(", ", "，").join(f"{key} = {self.value(key, item)}" for key, item in value.items())
        if isinstance(value, bool):
            return self.voice.value(value)
        if chinese and name == "moment":  # or else a field, which its author has named
            return MOMENTS.get(str(value), str(value))
        if chinese and name in TRANSLATED:
            return MOMENTS.get(str(value), WORDS.get(str(value), CLASSES.get(str(value), str(value))))
        return CLASSES.get(str(value), str(value)) if chinese and name == "value" else str(value)

    def instant(self, moment: datetime) -> str:
        """`2026-03-01 09:30`, with seconds where there are any."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return local.isoformat(" ", "auto" if local.second or local.microsecond else "minutes")

    def deciding(self, moment: datetime) -> str:
        """The instant at which is looked up who answers: the last one of a day is its `24:00`, as of a due."""
        local = moment.astimezone(self.zone)
        return f"{local.date()} 24:00" if local.time() == time.max else self.instant(moment)

    def length(self, span: timedelta, units: int = 4) -> str:
        """*span* in days, hours, minutes and seconds: so many of these *units*, the largest that say something."""
        minutes, seconds = divmod(int(span.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = zip((days, hours, minutes, seconds), (" d", " h", " min", " s"), ("天", "小时", "分钟", "秒"), strict=True)
        told = [f"{number}{self.voice(english, chinese)}" for number, english, chinese in parts if number][:units]
        return self.voice(" ", "").join(told) or self.voice("less than a second", "不足一秒")


def step_in_chinese(step: str) -> str:
    """One step of a reckoning, which `workdays` says in English, in Chinese."""
    said = _first_that_fits(step, STEPS)
    said = re.sub(DAYS[0][0], lambda m: _day(*m.groups()) if m[4] in MONTHS else m[0], said)
    for pattern, words in DAYS[1:]:
        said = re.sub(pattern, words, said)
    return said


def note_in_chinese(note: str) -> str:
    """A note on a conclusion, or why one is provisional, in Chinese. What an author named in it stays as it is."""
    return _first_that_fits(note, NOTES)


IN_ENGLISH: Mapping[str, Callable[[str], str]] = {
    "step": step_in_chinese, "note": note_in_chinese, "provisional": note_in_chinese}
"""The reasons whose text is English wherever it stands in a conclusion, and what says it in Chinese."""


def _first_that_fits(text: str, table: Iterable[tuple[str, str]]) -> str:
    """*text* in the words of the first row of *table* that fits; as it is where none does."""
    return next((re.sub(f"^{pattern}$", words, text) for pattern, words in table if re.fullmatch(pattern, text)), text)


def _day(weekday: str | None, first: str | None, day: str, month: str, year: str | None) -> str:
    """A day with its weekday, if that is told, or a run of days in one month from *first* on."""
    told = (f"{year}年" if year else "") + f"{MONTHS.index(month) + 1}月{first or day}日"
    return told + (f"至{day}日" if first else "") + (f"（{WEEKDAYS[weekday]}）" if weekday else "")


def plain(value: object) -> object:
    """*value* as JSON: instants in UTC with `Z`, tuples as lists, everything else that JSON lacks as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
