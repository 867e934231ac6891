"""What the policies of the real logs say of cases that the logs at hand do not hold: small logs written by hand.

Other towns and other thirds of these logs are judged by the same packs, so the packs must say what the policy says in words, and
not only what these logs happen to need.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from accountability.conclusion import Conclusion
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake, read_mapping
from accountability.organisation import Organisation
from accountability.policy import read_rules

PACKS = Path(__file__).resolve().parent / "real_logs"

Told = tuple[str, str, dict[str, object]]
"""A foreign event: its type, its time, its data."""


class Judge:
    """Judges one case, told in the order of the file, by a pack of the real logs."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "log.jsonl"

    def found(self, pack: str, at: str, *told: Told, refused: int = 0) -> dict[str, list[Conclusion]]:
        self.file.write_text("".join(json.dumps({
            "specversion": "1.0", "id": f"e{i}", "source": "/town", "type": kind, "subject": "c-1", "time": time, "data": data,
        }) + "\n" for i, (kind, time, data) in enumerate(told)))
        policy = read_rules(PACKS / pack)
        intake = Intake(policy.vocabulary, mapping=read_mapping(PACKS / pack / "mapping.yaml", policy.vocabulary))
        events = [e for e in intake.read([self.file]) if isinstance(e, Event)]
        assert intake.counts.refused == refused
        judgement = replay(policy, Organisation.empty(), events, at=datetime.fromisoformat(at), report_all=True)
        rules = {f.rule for f in judgement.findings}
        return {rule: sorted(judgement.of(rule), key=lambda f: f.since) for rule in rules}

    def said(self, pack: str, at: str, rule: str, *told: Told, refused: int = 0) -> list[str]:
        """The statuses of what *rule* finds."""
        return [str(f.status) for f in self.found(pack, at, *told, refused=refused).get(rule, [])]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def wabo(code: str, day: str, name: str | None = None, answer: str | None = None) -> Told:
    data: dict[str, object] = {"municipality": "2"}
    if name is not None:
        data["name"] = name
    if answer is not None:
        data["answer"] = answer
    hour = "" if "T" in day else "T00:00:00+02:00"
    return f"nl.wabo.{code}", day + hour, data


def submitted(day: str) -> Told:
    return "nl.wabo.permit.submitted", f"{day}T00:00:00+02:00", {"municipality": "2", "procedure": "regular"}


DECIDED, RECORDED = "register date environmental permit decision", "record date of decision environmental permit"
ASKED, RECEIVED, TERM, SENT = "08_AWB45_020_2", "08_AWB45_040", "08_AWB45_010", "06_VD_060_2"
DAYS, SENDDATE = "register number of days extension period", "enter senddate decision procedure term extension"


class TestPermits:
    """Submitted on 2 April 2012, so the plain term ends on 28 May."""

    def term(self, judge: Judge, *told: Told) -> tuple[str, ...]:
        """What becomes of the plain term and of the term with suspension and extension."""
        found = judge.found("permits", "2016-01-01T00:00:00+01:00", submitted("2012-04-02"), *told)
        return tuple(str(f.status) for rule in ("plain", "term") for f in found[rule])

    @pytest.mark.parametrize("name", [DECIDED, RECORDED])
    @pytest.mark.parametrize("code", ["01_HOOFD_490_1", "01_HOOFD_495", "05_EIND_010", "09_AH_I_010", "06_VD_020", TERM])
    def test_a_decision_is_an_end_under_whatever_code(self, code: str, name: str, judge: Judge) -> None:
        assert self.term(judge, wabo(code, "2012-05-29", name)) == ("late", "late")
        assert self.term(judge, wabo(code, "2012-05-28", name)) == ("met", "met")

    @pytest.mark.parametrize("code", ["08_AWB45_070_3", "08_AWB45_070_5", "05_EIND_020"])
    def test_other_ends_go_by_their_code(self, code: str, judge: Judge) -> None:
        assert self.term(judge, wabo(code, "2012-05-29", "whatever")) == ("late", "late")
        assert self.term(judge, wabo(code, "2012-05-29")) == ("late", "late")

    @pytest.mark.parametrize("code", [SENT, "06_VD_060_3", "06_VD_060_4", "06_VD_070"])
    def test_only_a_date_of_sending_extends(self, code: str, judge: Judge) -> None:
        end = wabo("01_HOOFD_490_3", "2012-06-20", DECIDED)
        for name in (SENDDATE, "enter senddate procedure term extension", "enter senddate", "entering senddate", "senddate"):
            assert self.term(judge, wabo(code, "2012-05-10", name), end) == ("late", "met")
        for name in ("copy decision to extend procedure to stakeholders", "start decision phase extension granted", None):
            assert self.term(judge, wabo(code, "2012-05-10", name), end) == ("late", "late")

    def test_a_step_without_a_date_of_sending_does_not_come_first(self, judge: Judge) -> None:
        end = wabo("01_HOOFD_490_3", "2012-06-20", DECIDED)
        first = wabo(SENT, "2012-05-10", "copy decision to extend procedure to stakeholders")
        assert self.term(judge, first, wabo("06_VD_060_3", "2012-05-28", SENDDATE), end) == ("late", "met")
        assert self.term(judge, first, wabo("06_VD_060_3", "2012-05-29", SENDDATE), end) == ("late", "late")

    def test_the_days_of_an_extension_are_those_of_the_step_of_that_name(self, judge: Judge) -> None:
        sent, end = wabo(SENT, "2012-05-10", SENDDATE), wabo("01_HOOFD_490_3", "2012-06-20", DECIDED)
        for name, answer, status in ((DAYS, "14", "late"), (DAYS, "43", "met"), (DAYS, None, "met"), ("other", "14", "met")):
            assert self.term(judge, wabo("06_VD_020", "2012-05-09", name, answer), sent, end) == ("late", status)

    @pytest.mark.parametrize(("answer", "status"), [("14", "late"), ("28", "met"), ("0", "met"), ("", "met"), (None, "met")])
    def test_a_term_of_no_days_is_no_term(self, answer: str | None, status: str, judge: Judge) -> None:
        """The procedure ends 23 days after the plain term. Where neither receipt nor term tells when the suspension is over, it
        stays open, and the case is never late."""
        told = (wabo(ASKED, "2012-04-10"), wabo(TERM, "2012-04-10", None, answer), wabo("01_HOOFD_490_3", "2012-06-20", DECIDED))
        assert self.term(judge, *told) == ("late", status)

    @pytest.mark.parametrize(("told", "status"), [
        # The receipt of the request's own day ends the suspension, wherever that day's events stand in the file.
        (["R 2012-04-10", "A 2012-04-10", "R 2012-05-20"], "late"),
        (["A 2012-04-10", "R 2012-04-10", "R 2012-05-20"], "late"),
        (["R 2012-04-10T09:00:00+02:00", "A 2012-04-10T10:00:00+02:00", "R 2012-05-20"], "late"),
        (["R 2012-04-09", "A 2012-04-10", "R 2012-05-20"], "met"),
        # The second request is still answered late, and suspends.
        (["R 2012-04-10", "A 2012-04-10", "A 2012-04-11", "R 2012-05-20"], "met")])
    def test_a_receipt_of_the_day_of_the_request_ends_the_suspension_at_once(
        self, told: list[str], status: str, judge: Judge
    ) -> None:
        events = [wabo({"A": ASKED, "R": RECEIVED}[step[0]], step[2:]) for step in told]
        assert self.term(judge, *events, wabo("01_HOOFD_490_3", "2012-06-20", DECIDED)) == ("late", status)

    def test_a_permit_without_a_town_is_borne_by_the_source_of_the_log(self, judge: Judge) -> None:
        start: Told = ("nl.wabo.permit.submitted", "2012-04-02T00:00:00+02:00", {"procedure": "regular"})
        found = judge.found("permits", "2016-01-01T00:00:00+01:00", start, wabo("01_HOOFD_490_3", "2012-06-20", DECIDED))
        assert [(str(f.status), f.unit) for f in found["term"]] == [("late", "/town")]


class TestWabo:
    AT = "2012-01-01T00:00:00+01:00"

    @staticmethod
    def task(name: str, time: str, resource: str | None = "R1") -> Told:
        return "nl.wabo.task.completed", time, {"task": name} | ({} if resource is None else {"resource": resource})

    def eyes(self, judge: Judge, *told: Told) -> set[str]:
        return {rule for rule, found in judge.found("wabo", self.AT, *told).items() if any(f.against for f in found)}

    def test_four_eyes_in_whatever_order(self, judge: Judge) -> None:
        confirmed = self.task("Confirmation of receipt", "2011-01-04T10:00:00+01:00")
        for time in ("2011-01-03T10:00:00+01:00", "2011-01-04T10:00:00+01:00"):
            checked = self.task("T02 Check confirmation of receipt", time)
            assert self.eyes(judge, checked, confirmed) == {"confirmed again by whoever checked"}
        later = self.task("T02 Check confirmation of receipt", "2011-01-05T10:00:00+01:00")
        assert self.eyes(judge, confirmed, later) == {"checked by whoever confirmed"}
        other = self.task("T02 Check confirmation of receipt", "2011-01-03T10:00:00+01:00", "R2")
        assert self.eyes(judge, other, confirmed) == set()

    def test_tasks_that_name_nobody_are_nobody_s_second_look(self, judge: Judge) -> None:
        told = [self.task(name, "2011-01-03T10:00:00+01:00", None) for name in (
            "Confirmation of receipt", "T02 Check confirmation of receipt", "T04 Determine confirmation of receipt")]
        assert self.eyes(judge, *told) == set()

    LIMITS = ("own deadline", "eight weeks", "eight weeks to the minute")

    @pytest.mark.parametrize("ended", ["2010-11-03T10:00:00+01:00", "2011-01-02T09:00:00+01:00"])
    def test_an_end_long_before_the_start_is_no_breach(self, ended: str, judge: Judge) -> None:
        end: Told = ("nl.wabo.case.ended", ended, {})
        start: Told = ("nl.wabo.case.started", "2011-01-03T10:00:00+01:00",
                       {"department": "General", "responsible": "R1", "deadline": "2011-02-28T10:00:00+01:00"})
        found = judge.found("wabo", self.AT, end, start)
        assert [str(found[rule][0].status) for rule in self.LIMITS] == ["met"] * 3

    @pytest.mark.parametrize(("missing", "judged"), [
        ("department", LIMITS), ("responsible", LIMITS), ("deadline", LIMITS[1:])])
    def test_a_case_is_judged_without_what_the_policy_does_not_need(
        self, missing: str, judged: tuple[str, ...], judge: Judge
    ) -> None:
        data: dict[str, object] = {"department": "General", "responsible": "R1", "deadline": "2011-02-28T10:00:00+01:00"}
        del data[missing]
        start: Told = ("nl.wabo.case.started", "2011-01-03T10:00:00+01:00", data)
        found = judge.found("wabo", self.AT, start, ("nl.wabo.case.ended", "2011-03-28T10:00:00+02:00", {}))
        assert {rule: str(found[rule][0].status) for rule in found} == dict.fromkeys(judged, "late")
        assert {f.unit for rule in judged for f in found[rule]} == {"/town" if missing == "department" else "General"}

    def test_only_the_eight_weeks_of_the_law_wait_for_the_law(self, judge: Judge) -> None:
        start: Told = ("nl.wabo.case.started", "2010-09-30T10:00:00+02:00",
                       {"department": "General", "responsible": "R1", "deadline": "2010-11-25T10:00:00+01:00"})
        confirmed = self.task("Confirmation of receipt", "2010-09-30T10:00:00+02:00")
        checked = self.task("T02 Check confirmation of receipt", "2010-09-30T11:00:00+02:00")
        assert self.eyes(judge, start, confirmed, checked) == {"own deadline", "checked by whoever confirmed"}


class TestFines:
    AT = "2011-12-25T00:00:00+01:00"

    @pytest.mark.parametrize("sent", ["2008-03-01", "2008-02-29", "2008-01-10"])
    def test_an_appeal_that_was_sent_on_the_day_of_its_deposit_or_before(self, sent: str, judge: Judge) -> None:
        told: list[Told] = [("it.fine.send_appeal_to_prefecture", f"{sent}T00:00:00+01:00", {}),
                            ("it.fine.insert_date_appeal_to_prefecture", "2008-03-01T00:00:00+01:00", {})]
        assert judge.said("fines", self.AT, "transmit", *told) == ["met"]

    def test_a_fine_that_was_notified_on_the_day_of_its_creation(self, judge: Judge) -> None:
        told: list[Told] = [("it.fine.insert_fine_notification", "2008-03-01T00:00:00+01:00", {}),
                            ("it.fine.create_fine", "2008-03-01T00:00:00+01:00", {"officer": "1"})]
        assert judge.said("fines", self.AT, "notify", *told) == ["met"]

    @pytest.mark.parametrize(("notified", "status"), [("2008-07-29", "met"), ("2008-07-30", "late")])
    def test_a_fine_without_an_officer(self, notified: str, status: str, judge: Judge) -> None:
        told: list[Told] = [("it.fine.create_fine", "2008-03-01T00:00:00+01:00", {}),
                            ("it.fine.insert_fine_notification", f"{notified}T00:00:00+02:00", {})]
        assert judge.said("fines", self.AT, "notify", *told) == [status]


class TestRequests:
    AT = "2017-01-01T00:00:00-05:00"

    @pytest.mark.parametrize(("closed", "status"), [
        ("2016-02-01T10:00:00-05:00", "met"), ("2016-03-01T10:00:00-05:00", "met"), ("2016-03-02T10:00:01-05:00", "late")])
    @pytest.mark.parametrize("data", [{"department": "PWDx"}, {}])
    def test_only_what_was_closed_after_its_target_is_late(
        self, closed: str, status: str, data: dict[str, object], judge: Judge
    ) -> None:
        told: list[Told] = [
            ("gov.boston.311.case.closed", closed, {}),
            ("gov.boston.311.case.opened", "2016-03-01T10:00:00-05:00", {"sla_target": "2016-03-02T10:00:00-05:00", **data})]
        found = judge.found("requests", self.AT, *told)["on time"]
        assert [(str(f.status), f.unit) for f in found] == [(status, data.get("department", "/town"))]


class TestSepsis:
    AT = "2016-01-01T00:00:00+01:00"

    @pytest.mark.parametrize(("rule", "kind", "hours"), [("antibiotics", "iv_antibiotics", 1), ("lactate", "lacticacid", 3)])
    def test_what_follows_a_triage_counts_from_its_very_instant_to_the_limit(
        self, rule: str, kind: str, hours: int, judge: Judge
    ) -> None:
        triage: Told = ("nl.hospital.er_sepsis_triage", "2014-03-01T10:00:00+01:00", {})
        end = 10 + hours
        for time, status in (("09:59:59", "missed"), ("10:00:00", "met"), (f"{end}:00:00", "met"), (f"{end}:00:01", "late")):
            given: Told = (f"nl.hospital.{kind}", f"2014-03-01T{time}+01:00", {})    # without a group
            assert judge.said("sepsis", self.AT, rule, given, triage) == [status]


class TestIncidents:
    AT = "2012-05-23T01:22:23+02:00"

    @staticmethod
    def status(time: str, status: str, substatus: str | None, impact: str = "High", line: str | None = "A") -> Told:
        said = {"status": status, "substatus": substatus, "impact": impact, "org_line": line}
        return "com.volvo.incident.status", time, {key: value for key, value in said.items() if value is not None}

    @pytest.mark.parametrize(("first", "then", "status"), [
        ("High", "Low", "late"), ("Low", "High", "met"), ("Medium", "Major", "met"), ("Major", "Major", "late")])
    @pytest.mark.parametrize("second", ["2012-01-02T10:00:00+01:00", "2012-01-03T10:00:00+01:00"])
    def test_the_impact_of_the_first_event_gives_the_limit(
        self, second: str, first: str, then: str, status: str, judge: Judge
    ) -> None:
        told = [self.status("2012-01-02T10:00:00+01:00", "Accepted", "In Progress", first),
                self.status(second, "Accepted", "In Progress", then),
                self.status("2012-01-05T10:00:00+01:00", "Completed", "Resolved", then),
                self.status("2012-02-05T10:00:00+01:00", "Completed", "Closed", "Medium")]
        found = judge.found("incidents", self.AT, *told)
        for rule in ("resolve", "resolve without pauses"):
            assert [str(f.status) for f in found[rule]] == [status]
        assert not any(f.against for rule in found if not rule.startswith("resolve") for f in found[rule])

    @pytest.mark.parametrize(("substatus", "status"), [
        ("Wait", "met"), ("Wait - Customer", "met"), ("Wait - Third Party", "met"), ("Waiting", "met"),
        ("Awaiting Assignment", "late"), ("In Wait", "late"), ("Resolved", "late"), (None, "late")])
    def test_the_clock_stands_still_in_whatever_begins_with_wait(self, substatus: str | None, status: str, judge: Judge) -> None:
        for waiting in ("2012-01-02T10:00:00+01:00", "2012-01-02T11:00:00+01:00"):
            told = [self.status("2012-01-02T10:00:00+01:00", "Accepted", "In Progress")] * waiting.endswith("11:00:00+01:00")
            told += [self.status(waiting, "Accepted", substatus),
                     self.status("2012-01-08T10:00:00+01:00", "Accepted", "In Progress"),
                     self.status("2012-01-08T11:00:00+01:00", "Completed", "Resolved")]
            assert judge.said("incidents", self.AT, "resolve", *told) == [status]

    def test_an_incident_without_a_line_of_the_organisation(self, judge: Judge) -> None:
        told = [self.status("2012-01-02T10:00:00+01:00", "Accepted", "In Progress", line=None),
                self.status("2012-01-05T10:00:00+01:00", "Completed", None, line=None)]
        assert judge.said("incidents", self.AT, "resolve", *told) == ["late"]
