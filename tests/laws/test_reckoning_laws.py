"""Laws of the arithmetic on time that everything else rests on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from accountability.workdays import (
    BusinessHours,
    Calendar,
    ClockStart,
    HoursByDate,
    Limit,
    Opening,
    PeriodName,
    Unit,
    explain,
    find_calendar,
    local_midnight,
    minus,
    period_of,
    plus,
    reckon,
    window_first_day,
    window_start,
)
from accountability.workdays.calendar import WEEKDAY_NAMES
from accountability.workdays.explaining import MONTH_NAMES

ONE_DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
ZONES = [ZoneInfo(name) for name in (
    "Asia/Shanghai", "UTC", "Europe/Amsterdam", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/Scoresbysund",
    "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")]
CALENDARS = [find_calendar(name) for name in ("CN", "NL", "US/MA", "HU", "weekdays")]

zones = st.sampled_from(ZONES)
days = st.dates(date(1995, 1, 1), date(2040, 12, 31))
instants = st.datetimes(datetime(1995, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))
clock_limits = st.builds(Limit, st.integers(0, 10**6), st.sampled_from([Unit.SECOND, Unit.MINUTE, Unit.HOUR]))
date_limits = st.builds(Limit, st.integers(0, 60), st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]))
work_limits = st.builds(Limit, st.integers(1, 60), st.just(Unit.WORKING_DAY), st.booleans())
whole_work_limits = st.builds(Limit, st.integers(1, 60), st.just(Unit.WORKING_DAY))
limits = clock_limits | date_limits | work_limits


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A packaged calendar, or one with any weekend, holidays and make-up days of its own within a few years."""
    if draw(st.booleans()):
        return draw(st.sampled_from(CALENDARS))
    first, last = sorted((draw(days), draw(days)))
    near = st.frozensets(st.dates(first, min(last, first + timedelta(days=60))), max_size=40)
    return Calendar("drawn", draw(st.frozensets(st.integers(0, 6), max_size=5)), draw(near), draw(near), first, last)


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    number = draw(st.sampled_from((2, 4, 6)))
    times = sorted(draw(st.sets(st.integers(0, 1440), min_size=number, max_size=number)))
    opens, *breaks, closes = (time(at // 60 % 24, at % 60) for at in times)
    return Opening(opens, closes, tuple(zip(breaks[::2], breaks[1::2], strict=True)))


@st.composite
def seasons(draw: st.DrawFn, opening: st.SearchStrategy[Opening], near: st.SearchStrategy[date] = days) -> tuple[HoursByDate, ...]:
    """Up to two seasons, perhaps over the new year, and up to three days of a year, which share no day, some with weekdays."""
    edges = sorted(draw(st.sets((near | days).map(lambda day: (day.month, day.day)), min_size=2, max_size=4)))
    turned = edges[1:] + edges[:1] if draw(st.booleans()) else edges
    spans = list(zip(turned[::2], turned[1::2], strict=False))
    dates = [((day.year, day.month, day.day),) * 2 for day in draw(st.sets(near, min_size=1, max_size=3))]
    otherwise = st.dictionaries(st.integers(0, 6), opening, max_size=2).map(lambda own: tuple(own.items()))
    return tuple(HoursByDate(*span, draw(opening), draw(otherwise)) for span in draw(st.permutations([*spans, *dates])))


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    found = draw(openings())
    return BusinessHours(found.opens, found.closes, draw(zones), (), found.breaks, draw(seasons(openings()) | st.just(())))


@st.composite
def reckonings(draw: st.DrawFn) -> dict[str, object]:
    """Every way to call `reckon` whose arguments go together, save the start."""
    limit, hours = draw(limits), draw(business_hours())
    dated = limit.span is None and not limit.same_time
    return {"limit": limit, "zone": draw(zones), "calendar": draw(calendars()), "hours": hours, "roll": draw(st.booleans()),
            "clock_start": draw(st.sampled_from(ClockStart)), "until_close": dated and draw(st.booleans())}


@cache
def near_changes(zone: ZoneInfo) -> st.SearchStrategy[date]:
    """Days around those on which the clocks of *zone* change, and others."""
    offsets = [(day, datetime.combine(day, time(12), zone).utcoffset()) for day in local_days(date(2000, 1, 1), date(2026, 12, 31))]
    changes = [day + n * ONE_DAY for (day, a), (_, b) in pairwise(offsets) if a != b for n in (-1, 0, 1, 2)]
    return st.sampled_from(changes) | days if changes else days


def local_days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


@given(limits)
def test_a_limit_is_read_back_as_it_was_written(limit: Limit) -> None:
    """What a limit is written as reads back as an equal limit."""
    assert Limit.parse(str(limit)) == limit


@given(clock_limits, st.fractions(0, 20))
def test_a_clock_limit_is_multiplied_to_the_microsecond(limit: Limit, factor: Fraction) -> None:
    """A clock limit times a factor is as long as the exact product, to half a microsecond."""
    try:
        product = limit.multiplied(factor)
    except ValueError:
        assert limit.amount * factor > 8_766_000
        return
    exact = Fraction(limit.duration // MICROSECOND) * factor
    assert abs(Fraction(product.duration // MICROSECOND) - exact) <= Fraction(1, 2)


@given(instants, clock_limits, zones)
def test_hours_are_real_hours(start: datetime, limit: Limit, zone: ZoneInfo) -> None:
    """A limit in hours ends that many real hours later, whatever the zone and the offset the start is written in."""
    assert reckon(start.astimezone(zone), limit, zone=ZoneInfo("UTC")) == reckon(start, limit, zone=zone)
    assert reckon(start, limit, zone=zone).last - start == limit.duration


@given(instants, reckonings())
def test_a_due_never_precedes_its_start(start: datetime, how: dict[str, object]) -> None:
    """A due does not precede its start, unless the office had closed for the day on which it is due."""
    due = reckon(start, **how)  # type: ignore[arg-type]
    assert due.last >= start or how["until_close"]


@given(instants, reckonings())
def test_day_dues_end_with_their_day_and_instant_dues_at_their_instant(start: datetime, how: dict[str, object]) -> None:
    """A day due falls at the first instant after its day, one microsecond after its last; any other due falls at its last."""
    due = reckon(start, **how)  # type: ignore[arg-type]
    assert due.last.tzinfo is UTC
    if due.day is None:
        assert due.falls == due.last
    else:
        assert due.falls == local_midnight(due.day + ONE_DAY, how["zone"])  # type: ignore[arg-type]
        assert due.falls - due.last == MICROSECOND


@given(st.lists(instants, min_size=2, max_size=2).map(sorted), date_limits | whole_work_limits, zones, calendars(),
       business_hours(), st.booleans(), st.sampled_from(ClockStart))
def test_a_later_start_is_never_due_earlier(starts: list[datetime], limit: Limit, zone: ZoneInfo, calendar: Calendar,
                                            hours: BusinessHours, roll: bool, clock_start: ClockStart) -> None:
    """Of two clocks with one limit in days, the one set off later is never due earlier."""
    if clock_start is ClockStart.NEXT_WORKING_DAY:
        # Sunday 08:00 starts before Saturday 09:00 once both have moved to Monday; only days of one zone stay in order.
        hours = attrs.evolve(hours, zone=zone)
    first, second = (reckon(start, limit, zone=zone, calendar=calendar, roll=roll, hours=hours, clock_start=clock_start)
                     for start in starts)
    assert first.falls <= second.falls


@given(instants, whole_work_limits, zones, calendars())
def test_n_working_days_are_n_working_days(start: datetime, limit: Limit, zone: ZoneInfo, calendar: Calendar) -> None:
    """After the day of the start, up to and including the due day, lie exactly N working days, and the due day is one."""
    due = reckon(start, limit, zone=zone, calendar=calendar)
    assert due.day is not None
    counted = [d for d in local_days(start.astimezone(zone).date() + ONE_DAY, due.day) if calendar.is_working(d)]
    assert len(counted) == limit.count
    assert counted[-1] == due.day


@given(instants, st.integers(1, 30), st.integers(1, 30), zones, calendars())
def test_working_days_add_up(start: datetime, n: int, m: int, zone: ZoneInfo, calendar: Calendar) -> None:
    """N and then M working days are N + M working days."""
    first = reckon(start, Limit(n, Unit.WORKING_DAY), zone=zone, calendar=calendar)
    second = reckon(first.last, Limit(m, Unit.WORKING_DAY), zone=zone, calendar=calendar)
    assert second.day == reckon(start, Limit(n + m, Unit.WORKING_DAY), zone=zone, calendar=calendar).day


@given(instants, whole_work_limits, zones, calendars())
def test_keeping_the_time_of_day(start: datetime, limit: Limit, zone: ZoneInfo, calendar: Calendar) -> None:
    """N working days `same time` end on the day on which N working days end, at the start's time of day unless clocks skip it."""
    plain = reckon(start, limit, zone=zone, calendar=calendar)
    kept = reckon(start, Limit(limit.count, Unit.WORKING_DAY, same_time=True), zone=zone, calendar=calendar)
    end, clock = kept.last.astimezone(zone), start.astimezone(zone).time()
    assert end.time() == clock or (kept.last - timedelta(seconds=1)).astimezone(zone).utcoffset() != end.utcoffset()
    assert end.date() == plain.day or end.time() != clock
    assert kept.provisional == plain.provisional


@given(instants, date_limits, zones, calendars())
def test_rolling_goes_to_the_next_working_day(start: datetime, limit: Limit, zone: ZoneInfo, calendar: Calendar) -> None:
    """A rolled last day is the first working day from the unrolled last day on."""
    straight, rolled = (reckon(start, limit, zone=zone, calendar=calendar, roll=roll).day for roll in (False, True))
    assert straight is not None
    assert rolled is not None
    assert [d for d in local_days(straight, rolled) if calendar.is_working(d)] == [rolled]


@given(instants, business_hours(), zones, calendars())
def test_the_next_opening(start: datetime, hours: BusinessHours, zone: ZoneInfo, calendar: Calendar) -> None:
    """A clock that starts at the next opening starts at once within business hours, and else at the first opening after."""
    begun = reckon(start, Limit(0, Unit.HOUR), zone=zone, calendar=calendar, hours=hours, clock_start=ClockStart.NEXT_OPENING).last
    local = start.astimezone(hours.zone)
    if is_open(local, hours, calendar):
        assert begun == start
        return
    opened = begun.astimezone(hours.zone)
    assert begun > start
    assert calendar.is_working(opened.date())
    changed = (begun - timedelta(seconds=1)).astimezone(hours.zone).utcoffset() != opened.utcoffset()
    openings = [datetime.combine(day, opens) for day in local_days(local.date(), opened.date()) if calendar.is_working(day)
                for opens, _ in hours.on(day).spans]
    assert opened.replace(tzinfo=None) in openings or changed
    assert changed or not [at for at in openings if local.replace(tzinfo=None) < at < opened.replace(tzinfo=None)]


def is_open(local: datetime, hours: BusinessHours, calendar: Calendar) -> bool:
    """Whether business is open at a *local* time."""
    return calendar.is_working(local.date()) and any(
        opens <= local.time() and (local.time() < closes or closes == time.min) for opens, closes in hours.on(local.date()).spans)


@st.composite
def daytimes(draw: st.DrawFn) -> BusinessHours:
    """Hours in which no clock is changed, and on some weekdays others."""
    spans = st.tuples(st.integers(6, 13), st.integers(14, 22)).map(lambda span: (time(span[0], 30), time(span[1])))
    breaks = st.sampled_from(((), ((time(13, 40), time(13, 50)),)))
    opening = st.builds(lambda span, breaks: Opening(*span, breaks), spans, breaks)
    own = draw(st.dictionaries(st.integers(0, 6), opening, max_size=3))
    return BusinessHours(*draw(spans), draw(zones), tuple(own.items()), draw(breaks))


@given(instants.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 1500), daytimes(), st.sampled_from(CALENDARS))
def test_a_clock_that_runs_in_business_hours_counts_the_minutes_in_which_business_is_open(
    start: datetime, minutes: int, hours: BusinessHours, calendar: Calendar
) -> None:
    """Counted minute by minute, business is open as long as the limit, and at the end it is open or about to close."""
    last = reckon(start, Limit(minutes, Unit.MINUTE), zone=hours.zone, calendar=calendar, hours=hours, in_hours=True).last
    between = [start + n * timedelta(minutes=1) for n in range((last - start) // timedelta(minutes=1))]
    assert sum(is_open(at.astimezone(hours.zone), hours, calendar) for at in between) == minutes
    assert is_open((last if minutes == 0 else last - timedelta(minutes=1)).astimezone(hours.zone), hours, calendar)


@st.composite
def days_by_date(draw: st.DrawFn) -> tuple[datetime, BusinessHours]:
    """A start, and daytimes with seasons and with hours of single days near it."""
    start, hours = draw(instants.map(lambda at: at.replace(second=0, microsecond=0))), draw(daytimes())
    near = st.integers(-1, 6).map(lambda n: start.date() + n * ONE_DAY)
    others = (hours.always, Opening(time(10), time(15), ((time(11), time(13, 30)),)), Opening(time(7), time(0)))
    return start, attrs.evolve(hours, by_date=draw(seasons(st.sampled_from(others), near)))


@given(days_by_date(), st.integers(0, 3000), st.sampled_from(CALENDARS))
def test_a_season_or_a_date_is_counted_by_its_own_hours_minute_by_minute(
    found: tuple[datetime, BusinessHours], minutes: int, calendar: Calendar
) -> None:
    """Of the minutes up to a due as many lie in the hours of their day as the limit has: of its date, season or weekday."""
    start, hours = found
    last = reckon(start, Limit(minutes, Unit.MINUTE), zone=hours.zone, calendar=calendar, hours=hours, in_hours=True).last
    between = [start + n * timedelta(minutes=1) for n in range((last - start) // timedelta(minutes=1))]
    assert sum(is_open_by_the_words(at.astimezone(hours.zone), hours, calendar) for at in between) == minutes
    assert is_open_by_the_words((last if minutes == 0 else last - timedelta(minutes=1)).astimezone(hours.zone), hours, calendar)


def is_open_by_the_words(local: datetime, hours: BusinessHours, calendar: Calendar) -> bool:
    """Whether business is open at a *local* time, by nothing but what the hours say: days are looked up in lists of days."""
    if not calendar.is_working(local.date()):
        return False
    held = {len(entry.first): entry for entry in hours.by_date
            if f"{local:%Y-%m-%d}" in named_days(entry) or f"{local:%m-%d}" in named_days(entry)}
    entry = held.get(3) or held.get(2) or hours
    opening = dict(entry.otherwise).get(local.weekday(), entry.always)
    minute, closes = local.hour * 60 + local.minute, opening.closes.hour * 60 + opening.closes.minute
    stands = [(opens.hour * 60 + opens.minute, until.hour * 60 + until.minute) for opens, until in opening.breaks]
    return (opening.opens.hour * 60 + opening.opens.minute <= minute < (closes or 1440)
            and not any(opens <= minute < until for opens, until in stands))


@cache
def named_days(entry: HoursByDate) -> frozenset[str]:
    """Every day of *entry*, as `2026-12-24` or as `12-24`, told one after the other from its first."""
    year = entry.first[0] if entry.dated else 2000
    day, told, found = date(year, *entry.first[-2:]), "", []
    while told != "-".join(f"{part:02}" for part in entry.last):
        told = f"{day:%Y-%m-%d}" if entry.dated else f"{day:%m-%d}"
        found.append(told)
        day = day + ONE_DAY if entry.dated or told != "12-31" else date(2000, 1, 1)
    return frozenset(found)


@given(instants, reckonings(), st.booleans(), seasons(st.just(Opening(time(1), time(2)))))
def test_a_season_that_says_what_is_said_anyhow_changes_nothing(
    start: datetime, how: dict[str, object], in_hours: bool, dates: tuple[HoursByDate, ...]
) -> None:
    """Where the hours of seasons and dates are those of any day, every due and its steps are as if nothing were said of them."""
    hours = how["hours"]
    assert isinstance(hours, BusinessHours)
    plain = attrs.evolve(hours, by_date=())
    same = attrs.evolve(plain, by_date=[attrs.evolve(one, always=plain.always, otherwise=plain.otherwise) for one in dates])
    in_hours = in_hours and how["limit"].span is not None  # type: ignore[attr-defined]
    one, other = (how | {"hours": said, "in_hours": in_hours} for said in (plain, same))
    if in_hours:
        assume(how["limit"].span < timedelta(days=30))  # type: ignore[attr-defined]
        assume(len(how["calendar"].weekend) < 7)  # type: ignore[attr-defined]
    assert reckon(start, **one) == reckon(start, **other)  # type: ignore[arg-type]
    assert explain(start, **one) == explain(start, **other)  # type: ignore[arg-type]


@given(instants, whole_work_limits, zones, calendars())
def test_an_answer_is_provisional_exactly_when_it_rests_on_unknown_days(
    start: datetime, limit: Limit, zone: ZoneInfo, calendar: Calendar
) -> None:
    """A count of working days is provisional if and only if the calendar does not cover every day that was looked at."""
    due = reckon(start, limit, zone=zone, calendar=calendar)
    assert due.day is not None
    looked_at = local_days(start.astimezone(zone).date() + ONE_DAY, due.day)
    assert (due.provisional is None) is all(calendar.covers(d) for d in looked_at)


@given(instants, reckonings())
def test_the_words_agree_with_the_reckoning(start: datetime, how: dict[str, object]) -> None:
    """An explanation ends with the due that `reckon` gives, and says `provisional` when it is."""
    due = reckon(start, **how)  # type: ignore[arg-type]
    steps = explain(start, **how)  # type: ignore[arg-type]
    assert steps[0].startswith("starts ")
    assert (due.provisional is not None) is steps[-1].startswith("provisional: ")
    (said,) = [step for step in steps if step.startswith("due ")]
    hours = how["hours"]
    assert isinstance(hours, BusinessHours)
    if due.day is not None:
        assert said.startswith(f"due {due.day} 24:00")
        return
    moved = how["clock_start"] is not ClockStart.AT_ONCE
    limit = how["limit"]
    assert isinstance(limit, Limit)
    zone = hours.zone if moved or limit.same_time or how["until_close"] else how["zone"]
    assert isinstance(zone, ZoneInfo)
    told = datetime.fromisoformat(said.removeprefix("due ").removesuffix(", closing time"))
    assert told == due.last.astimezone(zone).replace(tzinfo=None)


@given(instants, st.integers(1, 10), zones, calendars())
def test_the_words_name_the_days_that_were_counted(start: datetime, number: int, zone: ZoneInfo, calendar: Calendar) -> None:
    """Up to ten working days are named one by one, each a working day, the last of them the due day."""
    due = reckon(start, Limit(number, Unit.WORKING_DAY), zone=zone, calendar=calendar)
    steps = explain(start, Limit(number, Unit.WORKING_DAY), zone=zone, calendar=calendar)
    first = start.astimezone(zone).date()
    named = []
    for words in steps[1].split(": ")[1].split(", "):
        weekday, day, month, *rest = words.split()
        year = int(rest[0]) if rest and rest[0].isdigit() else first.year
        named.append(date(year, MONTH_NAMES.index(month) + 1, int(day)))
        assert WEEKDAY_NAMES[named[-1].weekday()] == weekday
    assert len(named) == number
    assert named[-1] == due.day
    assert named == [d for d in local_days(first + ONE_DAY, named[-1]) if calendar.is_working(d)]


@given(days, date_limits)
def test_months_are_those_of_an_outside_library(day: date, limit: Limit) -> None:
    """Days, weeks, months and years are added as dateutil adds them."""
    relativedelta = pytest.importorskip("dateutil.relativedelta", reason="comes with the extra `calendars`").relativedelta
    assert plus(day, limit) == day + relativedelta(**{f"{limit.unit}s": limit.count})
    assert minus(day, limit) == day - relativedelta(**{f"{limit.unit}s": limit.count})


@given(days, date_limits, st.integers(-40, 40))
@example(date(2026, 3, 30), Limit(1, Unit.MONTH), 0)
@example(date(2024, 2, 29), Limit(1, Unit.YEAR), 1)
def test_a_window_by_dates_holds_the_days_whose_own_period_reaches_it(day: date, limit: Limit, offset: int) -> None:
    """A day lies in the window by dates that ends with *day* exactly when its own period of that length reaches *day*."""
    edge = window_first_day(day, limit)
    other = edge + offset * ONE_DAY
    assert (other >= edge) is (plus(other, limit) >= day)


@given(instants, clock_limits | date_limits, zones)
def test_a_rolling_window_goes_back_from_its_end(at: datetime, limit: Limit, zone: ZoneInfo) -> None:
    """A window's far edge precedes its end: in hours by exactly that long, in days or months by local days at the same time."""
    edge = window_start(at, limit, zone)
    assert edge < at or limit.amount == 0
    if limit.span is not None:
        assert at - edge == limit.span
        return
    local, far = at.astimezone(zone), edge.astimezone(zone)
    skipped = (edge - timedelta(seconds=1)).astimezone(zone).utcoffset() != far.utcoffset()
    assert far.time() == local.time() or skipped
    assert far.date() == minus(local.date(), limit) or skipped


@given(days, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_calendar_periods_divide_time(day: date, name: PeriodName) -> None:
    """Every day lies in one period of a kind, and the next period starts where it ends, under another label."""
    period = period_of(day, name)
    following = period_of(period.after, name)
    assert day in period
    assert {period_of(d, name) for d in (period.first, period.after - ONE_DAY)} == {period}
    assert following.first == period.after
    assert following.label > period.label


@given(st.data(), zones)
def test_a_local_day_starts_with_its_first_instant(data: st.DataObject, zone: ZoneInfo) -> None:
    """At local midnight the day has begun and the instant before it has not; days follow each other without gap or overlap."""
    day = data.draw(near_changes(zone))
    first = local_midnight(day, zone)
    assume(local_midnight(day + ONE_DAY, zone) > first)  # Samoa had no 30 December 2011
    assert first.astimezone(zone).date() == day
    assert (first - MICROSECOND).astimezone(zone).date() < day
    assert (local_midnight(day + ONE_DAY, zone) - MICROSECOND).astimezone(zone).date() == day


@given(calendars(), st.text(min_size=1, max_size=5))
def test_a_digest_stands_for_the_working_days(calendar: Calendar, name: str) -> None:
    """Calendars that say the same of every day have the same digest, however they list it; one more day off changes it."""
    listed = calendar.holidays | calendar.make_up
    off = frozenset(d for d in listed if not calendar.is_working(d) and d.weekday() not in calendar.weekend)
    made_up = frozenset(d for d in listed if calendar.is_working(d) and d.weekday() in calendar.weekend)
    same = Calendar(name, calendar.weekend, off, made_up, calendar.first_known, calendar.last_known)
    assert same.digest == calendar.digest
    more = next(d for d in local_days(date(2030, 1, 1), date(2030, 12, 31)) if calendar.is_working(d))
    other = Calendar(name, calendar.weekend, off | {more}, made_up - {more}, calendar.first_known, calendar.last_known)
    assert other.digest != calendar.digest
