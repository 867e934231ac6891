"""More cases of other projects, in the neutral form that docs/explanation/peer-cases.md tells of; they lie beside this file.

Each says what it asks for in words and figures of its own, and how a rule file says that, is said here once for each kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from test_peer_cases import DAY, DOCUMENT, Bench, Case, counted, due_dates, throttled

from accountability.conclusion import Conclusion

CASES: dict[str, Case] = {
    case["id"]: case for case in json.loads(Path(__file__).with_name("more_peer_cases.json").read_text(encoding="utf-8"))}
BEGINNING = datetime.fromisoformat("2024-01-01T00:00:00Z")
WEEK = {day[:3]: day for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
HEAD = """\
pack: peer
timezone: {zone}
sources: {{peer: A test of another project}}
vocabulary:
  asked: {{case: case from subject}}
  done: {{case: case from subject, unit: unit}}
  told: {{unit: unit, years: number, size: 'number, optional', risk: 'text, optional', affordable: 'yes or no, optional'}}
  error: {{case: case from subject, at: instant from attribute time, host: text, level: text, user: text, place: text,
          size: 'number, optional'}}
  a: {{case: case from subject}}
  b: {{case: case from subject}}
  c: {{case: case from subject}}
rules:
"""
RUNS = "    clock starts: next opening\n    clock runs: in business hours\n"
UNITS = {"second": "s", "minute": "min", "hour": "h", "day": " working days same time"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, HEAD)


def rule(kind: str, name: str, **clauses: object) -> str:
    lines = {kind: name, "source": "peer"} | {key.replace("_", " "): value for key, value in clauses.items()}
    return f"  - {json.dumps(lines)}\n"


def office(case: Case, bench: Bench) -> dict[str, str]:
    """The calendar and the business hours of *case*, as the head of a pack names them.

    Shifts are the hours of a date, which they make a working day if it is none. Breaks of a date are those of its hours.
    """
    told = case["calendar"]
    hours, shifts, breaks = told["hours"], told.get("shifts", {}), told.get("breaks", {})
    first = next(iter(hours.values()))
    weekly = {WEEK[day]: opening(times) for day, times in hours.items() if times != first}
    by_date = [{"date": day, **opening(shifts.get(day) or hours[weekday(day)], breaks.get(day, ()))}
               for day in {**shifts, **breaks}]
    years = [int(day[:4]) for day in (*(event["time"] for event in case["events"]), *told.get("holidays", ()), *shifts)]
    calendar = bench.calendar([d for d in WEEK if d not in hours], (min(years), max(years) + 1), told.get("holidays", ()),
                              [day for day in shifts if weekday(day) not in hours])
    said = opening(first) | weekly | ({"by date": by_date} if by_date else {})
    return {"calendar": calendar, "business_hours": json.dumps(said), "zone": told["time_zone"]}


def weekday(day: str) -> str:
    return list(WEEK)[date.fromisoformat(day).weekday()]


def opening(times: Iterable[str], breaks: Iterable[str] = ()) -> dict[str, object]:
    """The hours of one day, of which there may be several, less its breaks: what lies between two of them is a break."""
    opens, *between, closes = sorted([*times, *breaks])
    pauses = [{"from": since, "to": until} for since, until in zip(between[::2], between[1::2], strict=True)]
    return {"from": opens, "to": closes} | ({"break": pauses} if pauses else {})


def business_hours(case: Case, bench: Bench) -> None:
    start = case["events"][0]["time"]
    if case["limit"] == "next closing":
        limit, more = "0 days", "    clock starts: next opening\n    until close of business: yes\n"
    else:
        number, unit = case["limit"].split()
        limit, more = number + UNITS[unit.rstrip("s")], RUNS
    assert bench.due(limit, start, more, **office(case, bench)).due == datetime.fromisoformat(case["expected"]["due"])


def business_time_between(case: Case, bench: Bench) -> None:
    """What lies between two instants is the longest limit from the one that ends by the other."""
    start, end = (event["time"] for event in case["events"])
    seconds, by = case["expected"]["seconds"], datetime.fromisoformat(end)
    longer = bench.due(f"{seconds + 1}s", start, RUNS, **office(case, bench)).due
    assert longer is not None
    assert longer > by
    if seconds:
        due = bench.due(f"{seconds}s", start, RUNS, **office(case, bench)).due
        assert due is not None
        assert due <= by


def file_of(case: Case, bench: Bench) -> str:
    told = case["calendar"]
    if isinstance(told, str):
        return told
    years = sorted({int(day[:4]) for day in [*told["holidays"], *told["extra_working_days"], *(e["time"] for e in case["events"])]})
    return bench.calendar(told["weekend"], (years[0] - 1, years[-1] + 1), told["holidays"], told["extra_working_days"])


def working_days(case: Case, bench: Bench) -> None:
    calendar, start, days = file_of(case, bench), date.fromisoformat(case["events"][0]["time"]), case["days"]
    if case.get("roll_back"):
        start = max(day for day in due_dates(bench, calendar, back_from(start, 10), 1, "UTC").values() if day <= start)
    more = "    clock starts: next working day\n" if "rolls to the next" in case["rule"]["words"] else ""
    if days >= 0:
        found = bench.due(f"{days} working days", f"{start}T12:00:00Z", more, calendar=calendar).due_date
    elif days > -10:
        found = counted(bench, calendar, start, days, "UTC")
    else:
        earlier = due_dates(bench, calendar, back_from(start, 120), -days, "UTC")
        found = max(day for day, due in earlier.items() if due < start) + DAY
    assert found == date.fromisoformat(case["expected"]["due_date"])


def back_from(start: date, days: int) -> list[date]:
    return [start - n * DAY for n in range(days, 0, -1)]


def worked(case: Case, bench: Bench, days: Iterable[date]) -> dict[date, bool]:
    """A day is a working day if one working day from the day before ends on it."""
    dues = due_dates(bench, file_of(case, bench), [day - DAY for day in days], 1, "UTC")
    return {day + DAY: due == day + DAY for day, due in dues.items()}


def workday(case: Case, bench: Bench) -> None:
    wanted = {date.fromisoformat(day): is_worked for day, is_worked in case["expected"]["workday"].items()}
    assert worked(case, bench, wanted) == wanted


def working_days_between(case: Case, bench: Bench) -> None:
    first, after = (date.fromisoformat(event["time"]) for event in case["events"])
    days = [first + n * DAY for n in range((after - first).days)]
    assert sum(worked(case, bench, days).values()) == case["expected"]["working_days"]


def score(case: Case, bench: Bench) -> None:
    items = {f"item {n}": {"of": "told", "where": where, "points": points} for n, (where, points) in enumerate(case["items"])}
    rules = rule("scorecard", "sheet", effective={"from": "2025-01-01", "until": "2026-01-01"}, each="unit", over="calendar year",
                 start=case.get("start", 0), items=items, grades=[{"otherwise": "none"}])
    data = {"years": 0} | case["events"][0]["data"]
    (found,) = bench.findings(rules, [{"type": "told", "time": "2025-06-01T00:00:00Z", "unit": "office", **data}])
    assert Decimal(found.detail("score")) == Decimal(case["expected"]["score"])


def first_row(case: Case, bench: Bench) -> None:
    """The tiers of a limit are a table of which the first row that holds counts; how long the limit is tells which that was."""
    rows = [{"where": where, "limit": f"{n}h"} for n, (where, _) in enumerate(case["rows"], 1)]
    rules = rule("duty", "table", when="told", bearer="unit", must="done", same="unit", within=[*rows, {"otherwise": "100h"}])
    data = {"years": 0} | case["events"][0]["data"]
    (found,) = bench.findings(rules, [{"type": "told", "time": at(0), "unit": "office", **data}])
    assert found.due is not None
    assert case["rows"][(found.due - BEGINNING) // timedelta(hours=1) - 1][1] == case["expected"]["row"]


def at(seconds: float) -> str:
    return (BEGINNING + timedelta(seconds=seconds)).isoformat()


def seconds_of(instants: Iterable[datetime | None]) -> list[float]:
    return sorted((instant - BEGINNING).total_seconds() for instant in instants if instant is not None)


def errors(case: Case) -> list[dict[str, object]]:
    nobody = {"type": "error", "host": "h", "level": "error", "user": "u", "place": "p"}
    return [nobody | {"time": at(e["t"])} | e["data"] for e in case["events"]]


def alarms(case: Case, bench: Bench) -> None:
    more = {key: case[key] for key in ("adds", "different") if key in case}
    rules = rule("threshold", "alarm", count="error", per=case["per"], about="case", bearer="unit/office",
                 within=f"{case['within']} rolling by instants", reaches=case["reaches"], fires=case["fires"], **more)
    assert seconds_of(f.since for f in bench.findings(rules, errors(case))) == case["expected"]["alarms"]


def throttle(case: Case, bench: Bench) -> None:
    """Theirs speaks at the end of the stretch that the first of them begins."""
    found = bench.findings(throttled(case["within"], case["per"]), errors(case))
    assert seconds_of(f.done for f in found if f.rule == "alarm") == case["expected"]["alarms"]


def told(case: Case) -> list[dict[str, object]]:
    return [{"type": e["data"]["type"], "time": at(e["t"])} for e in case["events"]]


def joined(when: str, other: str, within: str) -> str:
    name = f"{when} after {other}".replace("breach of ", "")
    return rule("prohibition", name, when=when, bearer="unit/office", joined_with=other, same="case", within=within)


def whole(found: Iterable[Conclusion], members: int) -> list[float]:
    """When all the members were there: at what joins one with each of the others."""
    return seconds_of(f.since for f in found if f.rule.count(" after ") == members - 1)


def sequence(case: Case, bench: Bench) -> None:
    before, *rest = case["then"]
    rules, found = "", before
    for one in rest:
        rules += joined(one, before, case["within"])
        found = f"{one} after {found}"
        before = f"breach of {found}"
    assert whole(bench.findings(rules, told(case)), len(case["then"])) == case["expected"]["alarms"]


def all_of(case: Case, bench: Bench) -> None:
    """Whichever comes last is joined with each of the others, so that the limit goes back from it."""
    rules = ""
    for one in case["of"]:
        last, *others = one, *(m for m in case["of"] if m != one)
        for other in others:
            rules += joined(last, other, case["within"])
            last = f"breach of {last} after {other}".replace("breach of breach of", "breach of")
    assert whole(bench.findings(rules, told(case)), len(case["of"])) == case["expected"]["alarms"]


def not_all(case: Case, bench: Bench) -> None:
    """Each must have each of the others within the limit, before it or after it. Theirs speaks once, when the first limit ends."""
    limit = case["within"]
    rules = "".join(rule("duty", f"{other} with {one}", when=one, bearer="unit/office", must=other, same="case", within=limit,
                         even_before=limit) for one in case["none"] for other in case["none"] if one != other)
    dues = seconds_of(f.due for f in bench.findings(rules, told(case)) if f.against)
    assert dues[:1] == case["expected"]["alarms"]


WAYS: dict[str, Callable[[Case, Bench], None]] = {
    "business-hours limit": business_hours, "business time between": business_time_between, "working-day limit": working_days,
    "calendar": workday, "working days between": working_days_between, "score sheet": score, "score sheet (count)": score,
    "first rule that applies": first_row, "count in a window": alarms, "throttle per key": throttle,
    "all of a set in a window": all_of, "sequence in a window": sequence, "not all of a set": not_all}
"""How a case is put, by what it is of."""


@pytest.mark.parametrize("name", CASES)
def test_a_case_of_another_project_comes_out_as_there(name: str, bench: Bench) -> None:
    WAYS[CASES[name]["primitive"]](CASES[name], bench)


def test_the_page_counts_the_cases_and_says_of_hours_with_breaks_and_shifts_how_they_are_put() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert f"\n{len(CASES)} further cases" in page
    put = {name for name, case in CASES.items() if "breaks" in case.get("calendar", ())}
    assert put == {word for line in page.splitlines() if line.startswith("| ") and "`biz-" in line.rpartition(" | ")[2]
                   for word in re.findall("`(biz-[^`]+)`", line.rpartition(" | ")[2])}
