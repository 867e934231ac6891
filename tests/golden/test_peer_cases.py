"""Cases from the test suites of other projects, put as rule files and judged by our engine.

Working days, business hours and months, a sum of points, a count in a window, and what did not come in time. Each is argued in
docs/explanation/peer-cases.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accountability.conclusion import Conclusion, Status
from accountability.engine.replay import replay
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation, Unit
from accountability.policy import read_rules
from accountability.semantics import judge

Case = dict[str, Any]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "peer-cases.md"
DAY = timedelta(days=1)
OFFICE = Organisation.of([Unit("office", "Office", "town")])

HEAD = """\
pack: peer
timezone: {zone}
sources: {{peer: A test of another project}}
vocabulary:
  asked: {{case: case from subject}}
  done: {{case: case from subject}}
  error: {{case: case from subject, at: instant from attribute time}}
  opened: {{unit: unit, hours: number}}
  told: {{unit: unit, years: number}}
rules:
"""
DUTY = """\
  - duty: answer
    source: peer
    when: asked
    bearer: unit/office
    must: done
    same: case
    within: {limit}
"""


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, Case]:
    return {case["id"]: case for case in json.loads((shared / "data" / "peer_cases_dev.json").read_text(encoding="utf-8"))}


class Bench:
    """Rule files and calendars in a folder of their own; what they find of events, by meaning and engine alike."""

    def __init__(self, folder: Path, head: str = HEAD) -> None:
        self.folder, self.head = folder, head

    def calendar(
        self, weekend: Iterable[str], years: tuple[int, int], holidays: Iterable[str] = (), make_up: Iterable[str] = ()
    ) -> str:
        """The file of a work calendar, by its name."""
        lists = [("weekend", weekend), ("holidays", holidays), ("make-up working days", make_up)]
        text = "".join(f"{key}: [{', '.join(values)}]\n" for key, values in lists)
        file = self.folder / "calendars" / "days.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"name: days\ncovers: [{years[0]}, {years[1]}]\n{text}", encoding="utf-8")
        return "calendars/days.yaml"

    def findings(self, rules: str, events: Iterable[dict[str, object]], zone: str = "UTC", at: str = "2030-01-01T00:00:00Z",
                 **head: str) -> list[Conclusion]:
        """Everything that *rules* conclude of *events*, whose keys are `type`, `time` and the fields."""
        text = self.head.format(zone=zone) + rules
        top = "".join(f"{key.replace('_', ' ')}: {value}\n" for key, value in head.items())
        (self.folder / "pack.yaml").write_text(text.replace("vocabulary:", top + "vocabulary:", 1), encoding="utf-8")
        policy = read_rules(self.folder)
        intake = Intake(policy.vocabulary)
        log = []
        for number, event in enumerate(events, 1):
            data = {key: value for key, value in event.items() if key not in ("type", "time", "case")}
            log.append(intake.one({
                "specversion": "1.0", "id": f"e{number:03}", "source": "peer", "type": event["type"], "time": event["time"],
                "sequence": number, "subject": f"case/{event.get('case', 'c')}", "data": data}))
        moment = datetime.fromisoformat(at)
        found = replay(policy, OFFICE, log, at=moment, report_all=True)
        assert found == judge(policy, OFFICE, log, at=moment, report_all=True)
        live = Monitor(policy, OFFICE, report_all=True)
        for one in log:
            live.observe(one)
        live.advance(moment)
        assert live.judgement().findings == found.findings
        return list(found.findings)

    def due(self, limit: str, start: str, more: str = "", zone: str = "UTC", **head: str) -> Conclusion:
        """The obligation of one who was asked at *start* and has *limit*."""
        (found,) = self.findings(DUTY.format(limit=limit) + more, [{"type": "asked", "time": start}], zone, **head)
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def easter(year: int) -> date:
    """Easter Sunday, by Gauss's rule as Spencer gives it (Butcher 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def german(bench: Bench, case: Case) -> dict[str, str]:
    told = case["calendar"]
    days = [f"{year}-{day}" for year in range(2014, 2018) for day in told["holidays_every_year"]]
    days += [str(easter(year) + offset * DAY) for year in range(2014, 2018) for offset in told["easter_offsets"]]
    return {"calendar": bench.calendar(told["weekend"], (2014, 2017), sorted(set(days))), "roll": "yes",
            "business_hours": "{from: 00:00, to: 22:00}"}


RECEIVED = """\
  - duty: day of receipt
    source: peer
    when: asked
    bearer: unit/office
    must: done
    same: case
    within: 0 days
    clock starts: next opening
    roll: no
  - duty: term
    source: peer
    when: breach of day of receipt
    bearer: unit/office
    must: done
    same: case
    within: {limit}
"""


def froide(case: Case, bench: Bench) -> None:
    """The day of receipt, after 22:00 the next working day, comes first; when it is over the months begin. The last day moves past
    weekends and holidays."""
    rules, head = RECEIVED.format(limit=f"{case['months']} months"), german(bench, case)
    asked = [{"type": "asked", "time": e["time"], "case": n} for n, e in enumerate(case["events"])]
    dues = [f.due_date for f in bench.findings(rules, asked, "Europe/Berlin", **head) if f.rule == "term"]
    if "difference_days" in case["expected"]:
        first, second = (due for due in dues if due is not None)
        assert second - first == case["expected"]["difference_days"] * DAY
        return
    instant, zone = case["expected"]["first_instant_after_term"].split()
    over = datetime.fromisoformat(instant).replace(tzinfo=ZoneInfo(zone))
    for at, status in ((over - timedelta(microseconds=1), Status.OPEN), (over, Status.MISSED)):
        assert [f.status for f in bench.findings(rules, asked, zone, at.isoformat(), **head) if f.rule == "term"] == [status]
    assert dues == [over.date() - DAY]


def biz(case: Case, bench: Bench) -> None:
    hours = case["calendar"]["hours"]
    if "limit" not in case:
        weekly(case, bench, datetime.fromisoformat(case["events"][0]["time"]))
        return
    number, unit = case["limit"].split()
    limit = f"{number} working days same time" if unit == "days" else f"{number} {'min' if unit == 'minutes' else 'h'}"
    names = {"tue": "tuesday", "thu": "thursday", "sat": "saturday"}  # as on Monday on the other days
    days = {"from": hours["mon"][0], "to": hours["mon"][1]} | {
        name: {"from": hours[day][0], "to": hours[day][1]} for day, name in names.items()}
    found = bench.due(limit, case["events"][0]["time"], "    clock starts: next opening\n    clock runs: in business hours\n",
                      calendar=bench.calendar(["sun"], (2006, 2006)), business_hours=json.dumps(days))
    assert found.due == datetime.fromisoformat(case["expected"]["due"])


def weekly(case: Case, bench: Bench, start: datetime) -> None:
    """How long the office is open in a week, told day by day: the sum reaches what is expected, and not a minute more."""
    events = []
    for n in range(7):
        day = start + n * DAY
        if (span := case["calendar"]["hours"].get(day.strftime("%a").lower())) is not None:
            opens, closes = (datetime.fromisoformat(f"{day.date()}T{clock}:00Z") for clock in span)
            hours = (closes - opens) / timedelta(hours=1)
            events.append({"type": "opened", "time": opens.isoformat(), "unit": "office", "hours": hours})
    wanted = Decimal(str(case["expected"]["business_hours"]))
    rules = "".join(
        f"  - threshold: {name}\n    source: peer\n    count: opened\n    per: unit\n    within: calendar week\n    adds: hours\n"
        f"    reaches: {reaches}\n    fires: rising\n"
        for name, reaches in (("reached", wanted), ("passed over", wanted + Decimal("0.01"))))
    assert [f.rule for f in bench.findings(rules, events)] == ["reached"]


def business_python(case: Case, bench: Bench) -> None:
    told = case["calendar"]
    calendar = bench.calendar(told["weekend"], (2012, 2013), told["holidays"], told["extra_working_days"])
    start, number = date.fromisoformat(case["events"][0]["time"][:10]), case["days"]
    more = "    clock starts: next working day\n" if "rolls to the next business day" in case["rule"]["words"] else ""
    assert counted(bench, calendar, start, number, "UTC", more) == date.fromisoformat(case["expected"]["due_date"])


def workalendar(case: Case, bench: Bench) -> None:
    start = date.fromisoformat(case["events"][0]["time"][:10])
    assert counted(bench, "CN", start, case["days"], "Asia/Shanghai") == date.fromisoformat(case["expected"]["due_date"])


def counted(bench: Bench, calendar: str, start: date, days: int, zone: str, more: str = "") -> date | None:
    """The day that lies so many working days after *start*, or before it.

    A limit never runs backwards. But the Nth working day before a day is the one after the last day from which N end before it.
    """
    if days > 0:
        return bench.due(f"{days} working days", f"{start}T12:00:00Z", more, zone, calendar=calendar).due_date
    earlier = [start - n * DAY for n in range(20, 0, -1)]
    dues = due_dates(bench, calendar, earlier, -days, zone)
    return max(day for day in earlier if dues[day] < start) + DAY


def due_dates(bench: Bench, calendar: str, starts: list[date], days: int, zone: str) -> dict[date, date]:
    """Of one who was asked on each of *starts*, at noon: the day on which so many working days end."""
    asked = [{"type": "asked", "time": f"{day}T04:00:00Z", "case": str(day)} for day in starts]
    found = bench.findings(DUTY.format(limit=f"{days} working days"), asked, zone, calendar=calendar)
    dues = {date.fromisoformat(f.subject.removeprefix("case/")): f.due_date for f in found}
    return {day: due for day, due in dues.items() if due is not None}


def chinese_calendar(case: Case, bench: Bench) -> None:
    """A day is a working day if one working day from the day before ends on it."""
    def working(first: date, last: date) -> dict[date, bool]:
        before = [first - DAY + n * DAY for n in range((last - first).days + 1)]
        return {day + DAY: due == day + DAY for day, due in due_dates(bench, "CN", before, 1, "Asia/Shanghai").items()}

    for day, wanted in case["expected"].get("workday", {}).items():
        one = date.fromisoformat(day)
        assert working(one, one) == {one: wanted}
    for first, last, number in ([*map(date.fromisoformat, row[:2]), row[2]] for row in case["expected"].get("workdays", [])):
        assert sum(working(first, last).values()) == number


def dmn(case: Case, bench: Bench) -> None:
    items = "".join(f"      over {n}: {{of: told, where: years {n}, points: {points}}}\n" for n, points in case["items"])
    rules = (f"  - scorecard: sheet\n    source: peer\n    effective: {{from: 2025-01-01, until: 2026-01-01}}\n    each: unit\n"
             f"    over: calendar year\n    items:\n{items}    grades:\n      - otherwise: none\n")
    told = {"type": "told", "time": "2025-06-01T00:00:00Z", "unit": "office", "years": case["events"][0]["data"]["NumOfYears"]}
    (found,) = bench.findings(re.sub(r"over ([<>])", r"over \1 ", rules), [told])
    assert found.detail("score") == case["expected"]["score"]


def pairs(case: Case) -> list[dict[str, object]]:
    """The two codes of a case as what was asked and what was done."""
    return [{"type": {1001: "asked", 1002: "done"}[e["data"]["code"]], "time": e["time"]} for e in case["events"]]


def ansible_54(case: Case, bench: Bench) -> None:
    """Both within ten seconds of each other, whichever comes first: each joined with the other before it."""
    rules = "".join(f"  - prohibition: {when} after {other}\n    source: peer\n    when: {when}\n    bearer: unit/office\n"
                    f"    joined with: {other}\n    same: case\n    within: 10s\n"
                    for when, other in (("asked", "done"), ("done", "asked")))
    found = bench.findings(rules, pairs(case))
    assert [f.since for f in found] == [datetime.fromisoformat(case["expected"]["at"])]
    assert len(found) == case["expected"]["matches"]


def ansible_55(case: Case, bench: Bench) -> None:
    """Each must be followed by the other within ten seconds."""
    rules = "".join(f"  - duty: {must} after {when}\n    source: peer\n    when: {when}\n    bearer: unit/office\n"
                    f"    must: {must}\n    same: case\n    within: 10s\n"
                    for when, must in (("asked", "done"), ("done", "asked")))
    missed = [f for f in bench.findings(rules, pairs(case)) if f.against]
    assert [f.due for f in missed] == [datetime(1970, 1, 1, 0, 0, second, tzinfo=UTC) for second in (10, 25)]
    assert len(missed) == case["expected"]["breaches"]


def ansible_95(case: Case, bench: Bench) -> None:
    rules = ("  - threshold: alarm\n    source: peer\n    count: error\n    per: case\n    bearer: unit/office\n"
             "    within: 1 min rolling by instants\n    reaches: 3\n    fires: once, used up\n")
    errors = [{"type": "error", "time": e["time"], "case": e["data"]["code"]}
              for e in case["events"] if e["data"]["level"] == "error"]
    found = bench.findings(rules, errors)
    assert [f.since for f in found] == [datetime.fromisoformat(case["expected"]["first_alarm_at"])]
    assert len(found) == case["expected"]["alarms"]


THROTTLE = """\
  - duty: stretch
    source: peer
    when: error
    bearer: unit/office
    must: done
    same: case
    within: {within}
  - duty: alarm
    source: peer
    when: error
    bearer: unit/office
    must: breach of stretch
    same: [{per}]
    about: case
    provided: at is at of trigger
    within: {within}
    again: ignore
"""


def throttled(within: str, per: Iterable[str]) -> str:
    """At most one alarm in each stretch that an alarm begins. Every error begins a stretch of its own, which nobody ends early;
    what comes while an alarm is open is ignored, and the end of the stretch that began with it meets it."""
    return THROTTLE.format(within=within, per=", ".join(per))


def once_within(case: Case, bench: Bench) -> None:
    errors = [{"type": "error", "time": e["time"], "case": f"{e['data']['host']}-{e['data']['level']}"} for e in case["events"]]
    found = [f for f in bench.findings(throttled("2s", ["case"]), errors) if f.rule == "alarm"]
    assert len(found) == case["expected"]["alarms"]


def test_a_throttle_speaks_again_as_long_as_the_noise_lasts(bench: Bench) -> None:
    """A stretch runs from the alarm, not from what it silenced."""
    def alarms(times: Iterable[float]) -> list[float]:
        begins = datetime(2024, 1, 1, tzinfo=UTC)
        errors = [{"type": "error", "time": (begins + timedelta(seconds=t)).isoformat()} for t in times]
        found = [f for f in bench.findings(throttled("2s", ["case"]), errors) if f.rule == "alarm"]
        return [(f.since - begins).total_seconds() for f in found]

    assert alarms(n / 2 for n in range(20)) == [0, 2.5, 5, 7.5]
    assert alarms([0, 1.5, 2.5, 4, 4.6]) == [0, 2.5, 4.6]


WAYS: dict[str, Callable[[Case, Bench], None]] = {
    "froide": froide, "biz": biz, "business-python": business_python, "workalendar": workalendar,
    "chinese-calendar": chinese_calendar, "dmn": dmn, "ansible-54": ansible_54, "ansible-52": once_within,
    "ansible-53": once_within, "ansible-55": ansible_55, "ansible-95": ansible_95}
"""How a case is put, by the beginning of its id."""

OURS = [
    "froide-test_long_period", "froide-test_last_day", "froide-test_end_of_year", "froide-holidays-send", "biz-minutes-90",
    "biz-hours-3", "biz-zero-forward", "biz-days-2-within", "biz-days-2-before-opening", "biz-days-2-after-closing",
    "biz-days-2-seconds", "biz-within-week", "business-python-only-business-days", "business-python-weekend",
    "business-python-working-sunday", "business-python-holiday-between", "business-python-start-on-holiday",
    "business-python-subtract-over-working-saturday", "workalendar-cn-makeup-saturday", "workalendar-cn-makeup-sub",
    "chinese-calendar-basics", "chinese-calendar-counts", "dmn-0115-1", "dmn-0115-2", "dmn-0115-3", "ansible-54-time-window",
    "ansible-55-not-all", "ansible-95-accumulate", "ansible-52-once-within", "ansible-53-once-within-hosts",
]


@pytest.mark.parametrize("name", OURS)
def test_a_case_of_another_project_comes_out_as_there(name: str, cases: dict[str, Case], bench: Bench) -> None:
    (way,) = (way for beginning, way in WAYS.items() if name.startswith(beginning + "-"))
    way(cases[name], bench)


def test_every_case_is_judged_or_argued(cases: dict[str, Case]) -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) == sorted(cases)
    assert set(OURS) <= set(cases)
    assert len(OURS) == 30
