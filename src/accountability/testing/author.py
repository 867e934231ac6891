"""An author who writes one rule at random: what to wait for, whom to name, which conditions to set."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

Text = str | Sequence["Text"] | Mapping[str, "Text"]
Fields = Mapping[str, str]
"""Fields by name, each with its type; a `?` behind it where the field may be missing."""

FIRST_DAYS: Mapping[str, date] = {
    "Asia/Shanghai": date(2026, 2, 28),  # a month before 29, 30 and 31 March
    "Europe/Amsterdam": date(2026, 2, 28),  # the same, and the clocks skip an hour of 29 March
    "Europe/London": date(2025, 10, 25),  # and repeat one of the 26th
    "America/New_York": date(2026, 10, 30),  # of 1 November
    "Africa/Cairo": date(2026, 4, 23),  # the 24th begins at 01:00
    "America/St_Johns": date(2010, 11, 6),  # the 7th begins, is broken off after a minute, and begins again
    "Australia/Sydney": date(2025, 12, 29),
}
"""Where the days that matter begin, by zone: around a change of clocks, a month end or a year end."""

EVENTS: Mapping[str, Fields] = {
    "case.raised": {"case": "case", "unit": "unit", "place": "place", "by": "instant?", "size": "number?"},
    "report.filed": {
        "case": "case",
        "unit": "unit",
        "post": "post",
        "place": "place",
        "by": "instant?",
        "size": "number?",
        "grace": "limit?",
        "note": "text?",
        "day": "date?",
    },
    "step.done": {"case": "case", "unit": "unit", "post": "post", "ok": "yes or no?", "size": "number", "grave": "yes or no"},
    "fault.found": {"case": "case", "unit": "unit", "place": "place", "acted": "instant", "grave": "yes or no"},
    "body.decided": {"case": "case", "unit": "unit", "ok": "yes or no?", "size": "number?"},
    "word.passed": {"case": "case", "from": "unit", "to": "unit", "ok": "yes or no?", "size": "number?"},
    "shift.kept": {"unit": "unit", "from": "instant", "to": "instant", "heads": "number?"},
}
CHOICES = ("near", "far")
BY = ("case", "unit", "bearer")
"""The fields by which things belong together."""


@attrs.frozen
class Told:
    """One thing that a rule may wait for, as a rule file names it, and the fields that it carries."""

    words: str
    fields: Fields


T = TypeVar("T")


def one_of(options: tuple[T, ...]) -> st.SearchStrategy[T]:
    """One of *options*. Kept, for to make a strategy anew for every draw costs more than the draw."""
    return _one_of(options)


def product_of(*options: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One of each of *options*, all drawn at once, for every draw has its price. To be kept; the first of each is the simplest."""
    return st.sampled_from(list(itertools.product(*options)))


def some_of(options: tuple[T, ...], least: int, most: int, unique: bool = True) -> st.SearchStrategy[list[T]]:
    """Between *least* and *most* of *options*."""
    return _some_of(options, least, most, unique)


@functools.lru_cache(maxsize=4096)
def _one_of(options: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(options)


@functools.lru_cache(maxsize=4096)
def _some_of(options: tuple[Any, ...], least: int, most: int, unique: bool) -> st.SearchStrategy[list[Any]]:
    return st.lists(_one_of(options), min_size=least, max_size=most, unique=unique)


@functools.cache
def _places(size: int) -> st.SearchStrategy[int]:
    return st.sampled_from(range(size))


COMMON = product_of(("law", "order"), *[(True, *[False] * 5)] * 2)
"""What is cited, and whether there is a title and `effective`."""
RARELY, AS_OFTEN_AS_NOT = st.integers(0, 5), st.integers(0, 1)


class Author:
    """Writes one rule. *gives* is what other rules may then wait for; *by* are the fields by which things belong together."""

    def __init__(self, draw: st.DrawFn, waits: Sequence[Told], first: date, by: Sequence[str] = BY) -> None:
        self.draw, self.waits, self.first, self.by = draw, waits, first, by
        self.gives: list[Told] = []

    def pick(self, *options: str) -> str:
        return options[self.draw_index(len(options))]

    def sometimes(self, rarely: bool = False) -> bool:
        return self.draw(RARELY if rarely else AS_OFTEN_AS_NOT) == 0

    def draw_index(self, size: int) -> int:
        """A place in something of *size*."""
        return self.draw(_places(size))

    def one(self, options: Sequence[T]) -> T:
        """One of *options*, which need not be such that they can be told apart by a digest."""
        return options[self.draw_index(len(options))]

    def told(self, *, raised: bool = False, events: bool = False) -> list[Told]:
        """One or two things to wait for; that a case was raised only where *raised* (SG2)."""
        known = [t for t in self.waits if (raised or t.words != "case.raised") and (not events or t.words in EVENTS)]
        # What was concluded is drawn as often as what happened, so that rules hang together.
        made = [t for t in known if t.words not in EVENTS]
        found = [self.one(made if made and self.sometimes() else known) for _ in range(1 + self.sometimes())]
        # Two that have no field in common by which things belong together are of no use together.
        return found if not shared(found).keys().isdisjoint(self.by) else found[:1]

    def joined(self, told: Sequence[Told]) -> Text:
        words = [t.words for t in told]
        return words if len(words) > 1 and self.sometimes() else " or ".join(words)

    def keys(self, *sides: Fields, most: int = 2) -> list[str]:
        """Fields that every side has with one type and that are never missing."""
        shared = [
            n for n, kind in sides[0].items() if not kind.endswith("?") and all(base(s.get(n, "")) == kind for s in sides[1:])
        ]
        plain = [n for n in shared if n in self.by] or shared
        return self.draw(some_of(tuple(plain), 1, most)) if plain else []

    def common(self, name: str, kind: str, fields: Fields) -> dict[str, Text]:
        source, titled, dated = self.draw(COMMON)
        entries: dict[str, Text] = {kind: name, "source": source}
        if titled:
            entries["title"] = "第一条"
        if dated:
            days = [self.first + timedelta(days=n) for n in sorted(self.draw(some_of((0, 1, 2, 30), 2, 2)))]
            entries["effective"] = {"from": str(days[0]), "until": str(days[1])}
        if self.sometimes(rarely=True) and self.sometimes():
            entries["draft"] = "yes"
        if self.sometimes(rarely=True):
            entries["report"] = self.pick("all", "exceptions")
        about = [n for n, kind in fields.items() if kind in ("case", "unit", "post")]
        if about and self.sometimes():
            entries["about"] = self.pick(*about)
        return entries

    def bearer(self, fields: Fields) -> str:
        return self.pick(*(n for n, kind in fields.items() if kind in ("unit", "post")), "unit/u1")

    def answers(self, moments: Sequence[str], fields: Fields) -> Text:
        moments = [*moments, *(n for n, kind in fields.items() if base(kind) == "instant")]
        lines = self.draw(some_of(("head", "above", "county lead"), 0, 2))
        entries: dict[str, Text] = {line: f"at {self.pick(*moments)}" for line in lines}
        if "post" in fields and self.sometimes():
            entries["on duty"] = f"post at {self.pick(*moments)}"
        return entries

    def condition(self, trigger: Fields, act: Fields | None = None) -> str:
        made = [t for t in self.waits if t.words not in EVENTS]
        atoms = list(_atoms({**trigger, **(act or {})}, trigger, made, [key for key in ("case", "unit") if key in self.by]))
        form = self.pick("{}", "{}", "not ({})", "{} and {}", "{} 或 {}", "({} or {}) and {}", "非 {} 且 {}")
        return form.format(*(self.pick(*atoms) for _ in range(form.count("{}"))))

    def limit(self, fields: Fields, *, of_days: bool = False) -> tuple[str, str | None]:
        """A limit, and what must be present for it to be known."""
        options: list[tuple[str, str | None]] = [
            ("1 day", None),
            ("2 days", None),
            ("1 month", None),
            ("3 working days", None),
            ("1 week", None),
            ("0 days", None),
        ]
        if not of_days:
            options += [
                ("2h", None),
                ("1h", None),
                ("2h", None),
                ("90 min", None),
                ("1小时30分钟", None),
                ("24h", None),
                ("pace", None),
                ("pace * 2", None),
                ("3h / 2", None),
                ("2 working days same time", None),
            ]
        if "place" in fields:
            options.append(("calm[place]", None))
            if not of_days:
                options += [("base[place]", None), ("base[place] * 0.75", None)]
        if "unit" in fields and not of_days:
            options.append(("shift[unit]", "shift[unit]"))
        if "grace" in fields and not of_days:
            options += [("grace", "grace"), ("grace * 2", "grace * 2")]
        for event, field in (("report.filed", "grace"), ("step.done", "size")):
            if fields.get("case") == "case" and not of_days:
                last = f"{field} of last {event} of the same case"
                options.append((last if field == "grace" else f"pace * {last}", last))
        if "size" in fields and not of_days:
            options.append(("pace * size", "pace * size"))
        return self.one(options)


def base(kind: str) -> str:
    return kind.removesuffix("?")


def shared(told: Sequence[Told]) -> dict[str, str]:
    """The fields that everything in *told* carries with one type."""
    first, *rest = (t.fields for t in told)
    return {
        n: base(kind) + ("?" if any(f[n].endswith("?") for f in (first, *rest)) else "")
        for n, kind in first.items()
        if all(base(f.get(n, "")) == base(kind) for f in rest)
    }


def _atoms(seen: Fields, trigger: Fields, concluded: Sequence[Told], keys: Sequence[str]):  # type: ignore[no-untyped-def]
    """Conditions about the fields *seen*, and what else is known of the same *keys*, simplest first."""
    yield "unit is u1" if "unit" in seen else "bearer is u1"
    for name, kind in seen.items():
        match base(kind):
            case "place":
                yield from (f"{name} is near", f"{name} is not far", f"{name} 属于 [far, near]", f"quota[{name}] >= cap")
            case "number":
                yield from (
                    f"{name} >= 2",
                    f"{name} 超过 1",
                    f"{name} is missing",
                    f"{name} * 2 > cap",
                    f"1 / {name} + 1 <= 2.5",
                    f"{name} in [0, 1, cap]",
                    f"{name} - 0.5 = 0",
                )
            case "yes or no":
                yield from (name, f"not {name}", f"{name} is yes")
            case "instant":
                yield from (f"{name} is present", f"{name} 是 缺失")
            case "date":
                yield from (f"{name} <= 2026-02-01", f"{name} is not 2026-03-29")
            case "limit":
                yield from (f"{name} <= 2h", f"{name} * 2 > pace", f"{name} in [2h, pace]")
            case "text":
                yield from (f'{name} is "a"', f"{name} in ['a', 'b']")
            case "unit":
                yield from (f"{name} is bearer", f"level of {name} is town", f"parent of {name} is u0", f"{name} is not unit/u2")
            case "post":
                yield from (
                    f"unit of {name} is bearer",
                    f"role of {name} in [head, chief]",
                    f"级别 之 {name} 至多 1",
                    f"parent of unit of {name} is present",
                    f"{name} is u1/head",
                )
    if "by" in seen and "acted" in seen:
        yield "by >= acted"
    for event, declared in EVENTS.items():
        for key in keys:
            if event != "case.raised" and key in declared and trigger.get(key) == declared[key]:
                yield from (f"no {event} of the same {key}", f"有 {event} 同一 {key}")
                yield from _lasts(event, declared, key)
    for told in concluded:
        made, _, rule = told.words.partition(" of ")
        for key in keys:
            if trigger.get(key) == told.fields.get(key) == key:
                yield from (f"no {made} of '{rule}' of the same {key}", f"any {made} of '{rule}' of the same {key}")


def _lasts(event: str, declared: Fields, key: str) -> Iterator[str]:
    """Conditions about the last *event* of the same *key*."""
    if "size" in declared:
        yield from (f"size of last {event} of the same {key} >= 2", f"size 之 最近 {event} 同一 {key} * 2 超过 cap")
    if "grace" in declared:
        yield f"grace of last {event} of the same {key} <= 2h"
    if "place" in declared:
        yield f"place of last {event} of the same {key} is near"
    if "ok" in declared:
        yield from (f"ok of last {event} of the same {key}", f"ok 之 最近 {event} 同一 {key} 是 缺失")
    if "acted" in declared:
        yield f"acted of last {event} of the same {key} is present"
