"""One worked case, told in English and Chinese: what was reckoned, looked for, set aside, and who answered."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountability.event import Event
from accountability.explanation import Explanation, as_text, why
from accountability.explanation.reason import reason
from accountability.explanation.speaking import Speaker, step_in_chinese
from accountability.intake import Intake
from accountability.organisation import Organisation, Post, Tenure, Unit
from accountability.policy import read_rules_text
from accountability.semantics import judge
from accountability.workdays import Calendar, ClockStart, Limit, Reckoned, Reckoning

POLICY = read_rules_text("""\
pack: replies
timezone: Asia/Shanghai
calendar: weekdays
sources: {act: {title: Regulation on petitions, clause: art 22, unverified: yes}}
vocabulary:
  case.received: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject, written: yes or no}
responsibility:
  head: {roles: [head]}
rules:
  - duty: reply
    source: act
    when: case.received
    bearer: unit
    must: reply.sent
    same: case
    provided: written
    within: 3 working days
    answers: {head: at due}
""")
START = datetime(2026, 3, 5, 1, tzinfo=UTC)  # a Thursday, 09:00 in Shanghai
LATER = START + timedelta(days=30)
ORGANISATION = Organisation.of(
    [Unit("town", "Town", "town")], [Post("town/head", "town", "head", 1)],
    [Tenure("town/head", "A", datetime(2020, 1, 1, tzinfo=UTC), START + timedelta(days=1)),
     Tenure("town/head", "B", START + timedelta(days=1), recorded=START + timedelta(days=40))])


def log(*events: tuple[str, str, timedelta, bool | None]) -> list[Event]:
    intake = Intake(POLICY.vocabulary)
    return [intake.one({
        "specversion": "1.0", "id": name, "source": "desk", "type": type_, "subject": "case/1",
        "time": (START + after).isoformat(), "data": {"unit": "town"} if written is None else {"written": written},
    }) for name, type_, after, written in events]


EVENTS = log(
    ("early", "reply.sent", -timedelta(hours=1), True), ("got", "case.received", timedelta(0), None),
    ("oral", "reply.sent", timedelta(days=1), False), ("much later", "reply.sent", timedelta(days=31), True))


@pytest.fixture(scope="module")
def explained() -> Explanation:
    finding, = judge(POLICY, ORGANISATION, EVENTS, at=LATER).findings
    return why(POLICY, ORGANISATION, EVENTS, finding, at=LATER)


def test_a_missed_duty_rests_on_its_trigger_alone(explained: Explanation) -> None:
    assert [[e.id for e in report] for report in explained.support] == [["got"]]


def test_what_was_set_aside_has_its_reason(explained: Explanation) -> None:
    assert [(r.values["name"], [p.word for p in r.parts]) for r in explained.set_aside] == [
        ("desk#early", ["before the trigger"]), ("desk#oral", ["provided did not hold"]), ("desk#much later", ["recorded later"])]


def test_it_is_told_in_english(explained: Explanation) -> None:
    text = as_text(explained)
    assert "source: Regulation on petitions, art 22" in text
    assert "nobody has looked it up yet" in text
    assert "- 3 working days: Fri 6 Mar, Mon 9 Mar, Tue 10 Mar" in text
    assert "looked for reply.sent with case = 1, and found none that counts by 2026-03-10" in text
    assert "not so: its “written” holds" in text
    assert "head: town/head, held by nobody at 2026-03-10 24:00 (due)" in text
    assert "recorded only later, at 2026-04-14 09:00: B from 2026-03-06 09:00" in text


def test_it_is_told_in_chinese(explained: Explanation) -> None:
    text = as_text(explained, "zh")
    assert "3个工作日：3月6日（周五）、3月9日（周一）、3月10日（周二）" in text
    assert "查找 case = 1 的 reply.sent，至 2026-03-10 没有符合的" in text
    assert "town/head，2026-03-10 24:00（到期时）在任者 无人" in text


def test_a_finding_that_the_log_does_not_give_is_refused(explained: Explanation) -> None:
    with pytest.raises(ValueError, match="do not give this finding of `reply`"):
        why(POLICY, ORGANISATION, EVENTS[:1], explained.finding, at=LATER)


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
LIMITS = st.sampled_from(["2h", "1h 30min", "0 days", "1 day", "3 weeks", "1 month", "2 years", "5 working days", "40 working days",
                          "0 working days", "2 working days same time"]).map(Limit.parse)
SMALL = Calendar("small", holidays=frozenset({date(2026, 5, d) for d in range(1, 6)}), make_up=frozenset({date(2026, 5, 9)}),
                 first_known=date(2026, 1, 1), last_known=date(2026, 12, 31))


@given(STARTS, LIMITS, st.booleans(), st.sampled_from([ClockStart.AT_ONCE, ClockStart.NEXT_WORKING_DAY]))
def test_every_step_of_a_reckoning_can_be_said_in_chinese(start: datetime, limit: Limit, roll: bool, begins: ClockStart) -> None:
    """Nothing English is left of a step but the names of zones and calendars, and every number is still there."""
    for step in Reckoned(start, limit, Reckoning(POLICY.zone, SMALL, roll, begins)).steps():
        said = step_in_chinese(step)
        assert not re.search("[A-Za-z]{2,}", re.sub(r"Asia/Shanghai|small", "", said)), said
        if "provisional" not in step:
            assert set(re.findall(r"\d+", step)) <= set(re.findall(r"\d+", said))


@pytest.mark.parametrize(("english", "chinese"), [
    ("skipped: 1-3 Jan 2026 (holidays)", "跳过：2026年1月1日至3日（节假日）"),
    ("skipped: 29 Dec-3 Jan 2026 (holidays)", "跳过：12月29日至2026年1月3日（节假日）"),
    ("11 working days: 18-19 Dec, 22-26 Dec, 29 Dec-1 Jan 2026; make-up working days: Sun 28 Dec",
     "11个工作日：12月18日至19日、12月22日至26日、12月29日至2026年1月1日；调休上班日：12月28日（周日）"),
    ("rolls to Sun 4 Jan 2026 (make-up working day)", "顺延至 2026年1月4日（周日）（调休上班日）"),
    ("1h 30min without a break", "连续计算 1小时30分钟"),
    ("the clocks go back by 1h on the way; hours are real hours", "其间时钟拨慢 1小时；小时按实际经过计算"),
])
def test_days_and_lengths_are_written_as_in_chinese(english: str, chinese: str) -> None:
    """A run of days keeps its first day before its month, and nothing is told in letters."""
    assert step_in_chinese(english) == chinese


@pytest.mark.parametrize(("english", "chinese"), [
    ("the clock stands still", "期限中止"),
    ("an extension came after the due and has no effect", "延期晚于到期，不生效"),
    ("an extension came too often and has no effect", "延期次数过多，不生效"),
    ("an extension leads beyond all time and has no effect", "延期超出历法所及，不生效"),
    ("no one unit stands above `u1` then, so the route ends there", "当时 `u1` 之上没有唯一的上级单位，报告路径至此为止"),
    ("what it was owed for ended before it was due", "所应履行的对象在到期前已经结束"),
    ("bars: 评优, A (1 day)", "限制事项：评优, A (1 day)"),
])
def test_a_note_is_told_in_chinese(english: str, chinese: str) -> None:
    note = reason("note", text=english)
    assert Speaker("zh", POLICY.zone).say(note) == f"备注：{chinese}"
    assert Speaker("en", POLICY.zone).say(note) == f"note: {english}"


def test_why_it_is_provisional_is_told_in_chinese() -> None:
    provisional = reason("provisional", text=SMALL.uncovered(date(2026, 12, 30), date(2027, 1, 4)))
    assert Speaker("zh", POLICY.zone).say(provisional) == "暂定：日历 small 所知范围的界限为 2026-12-31"


def test_the_last_instant_of_a_day_is_told_as_24_00() -> None:
    """As of a due that ends a day; whoever answers for it held the post then."""
    midnight = datetime(2027, 1, 1, tzinfo=POLICY.zone)
    said = [Speaker("en", POLICY.zone).deciding(midnight - timedelta(microseconds=n)) for n in (0, 1, 2)]
    assert said == ["2027-01-01 00:00", "2026-12-31 24:00", "2026-12-31 23:59:59.999998"]


def test_what_was_delivered_of_an_event_is_told_as_it_was_taken() -> None:
    """A correction that was itself taken back is told with what took it back, and one that was refused is not told."""
    about: list[tuple[str, str, dict[str, object]]] = [
        ("k", "case.received", {"unit": "town", "corrects": "got"}), ("x", "case.received", {"retracts": "k"}),
        ("other", "reply.sent", {"written": True, "corrects": "got"})]
    more = [Intake(POLICY.vocabulary).one({
        "specversion": "1.0", "id": name, "source": "desk", "type": type_, "subject": "case/1", "data": data,
        "time": (START + timedelta(minutes=n)).isoformat()}) for n, (name, type_, data) in enumerate(about, 1)]
    events = [*log(("got", "case.received", timedelta(0), None)), *more]
    finding, = judge(POLICY, ORGANISATION, events, at=LATER).findings
    text = as_text(why(POLICY, ORGANISATION, events, finding, at=LATER))
    assert re.findall(r"- (.*(?:corrected|taken back) by \w+)", text) == ["corrected by k", "k: taken back by x"]
