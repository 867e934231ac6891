"""Real logs held to their limits from rule files alone, against answers that others computed from the raw files with pandas."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accountability.conclusion import Judgement, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake, read_mapping
from accountability.organisation import Organisation
from accountability.policy import read_rules

PACKS = Path(__file__).resolve().parent / "real_logs"


class Log:
    """A real log judged by a pack of ours, and what the reference says of it."""

    def __init__(self, shared: Path, name: str, pack: str, at: str) -> None:
        data = shared / "data"
        policy = read_rules(PACKS / pack)
        intake = Intake(policy.vocabulary, mapping=read_mapping(PACKS / pack / "mapping.yaml", policy.vocabulary))
        self.events = [e for e in intake.read([data / f"{name}.jsonl.gz"]) if isinstance(e, Event)]
        assert intake.counts.refused == 0
        self.reference: dict[str, Any] = json.loads((data / f"{name}.reference.json").read_text())
        with (data / f"{name}.reference_cases.csv").open() as file:
            self.cases = list(csv.DictReader(file))
        self.judgement: Judgement = replay(
            policy, Organisation.empty(), self.events, at=datetime.fromisoformat(at), report_all=True
        )

    def against(self, rule: str, *statuses: Status) -> set[str]:
        """The ids of what *rule* finds against the authority, with one of *statuses* (late or missed by default)."""
        wanted = statuses or (Status.LATE, Status.MISSED)
        return {f.subject.partition("/")[2] for f in self.judgement.of(rule) if f.status in wanted}

    def said(self, column: str) -> set[str]:
        return {row["case_id"] for row in self.cases if row[column] == "True"}


@pytest.fixture(scope="module")
def wabo(shared: Path) -> Log:
    return Log(shared, "wabo_receipt", "wabo", "2012-01-23T14:42:54.644000+00:00")


def test_permits_by_the_municipalitys_own_deadline(wabo: Log) -> None:
    wanted = wabo.reference["P1_explicit_deadline"]
    assert wabo.against("own deadline") == wabo.said("late")
    assert len(wabo.against("own deadline", Status.LATE)) == wanted["ended_late"] == 377
    assert len(wabo.against("own deadline", Status.MISSED)) == wanted["never_ended_late"] == 39
    late, every = (Counter(f.unit for f in wabo.judgement.of("own deadline") if keep(f.against)) for keep in (bool, lambda _: True))
    assert {unit: [late[unit], every[unit]] for unit in every} == wanted["per_department"]


def test_permits_by_the_eight_weeks_of_the_law(wabo: Log) -> None:
    # A limit in weeks counts its last day in full: the reference's end-of-day reading.
    assert wabo.against("eight weeks") == wabo.said("late_stat_eod")
    assert len(wabo.against("eight weeks")) == wabo.reference["P2_statutory_8_weeks"]["breaches_end_of_day_reading"] == 536


@pytest.fixture(scope="module")
def fines(shared: Path) -> Log:
    return Log(shared, "road_fines_a", "fines", "2011-12-25T00:00:00+01:00")


def test_fines_notified_after_their_limit(fines: Log) -> None:
    # The reference judges notified fines only: a fine that was paid before it was sent needs no notice.
    assert fines.against("notify", Status.LATE) == fines.said("R1_late")
    assert len(fines.said("R1_late")) == fines.reference["R1_notify"]["breaches"] == 116


def test_appeals_passed_on_after_sixty_days(fines: Log) -> None:
    assert fines.against("transmit") == fines.said("R4_late")
    assert (len(fines.against("transmit", Status.LATE)), len(fines.against("transmit", Status.MISSED))) == (12, 1)


@pytest.fixture(scope="module")
def sepsis(shared: Path) -> Log:
    return Log(shared, "sepsis", "sepsis", "2016-01-01T00:00:00+01:00")


@pytest.mark.parametrize(("rule", "reference", "column", "number"), [
    ("antibiotics", "R1_antibiotics_1h", "R1_resp", 707), ("lactate", "R2_lactic_acid_3h", "R2_resp", 338)])
def test_what_must_follow_a_sepsis_triage(rule: str, reference: str, column: str, number: int, sepsis: Log) -> None:
    assert sepsis.against(rule) == sepsis.said(column)
    assert len(sepsis.against(rule)) == sepsis.reference[reference]["breaches_response_property"] == number


def test_a_measurement_before_the_triage_counts_where_the_rule_says_so(sepsis: Log) -> None:
    wanted = sepsis.reference["R2_lactic_acid_3h"]
    assert len(sepsis.against("lactate before or after")) == wanted["breaches_lenient"] == 201
    assert sepsis.against("lactate before or after", Status.LATE) == sepsis.said("R2_late")


@pytest.fixture(scope="module")
def inspections(shared: Path) -> Log:
    return Log(shared, "dekalb_inspections", "inspections", "2017-11-17T23:59:59-05:00")


def test_places_that_the_department_had_to_come_back_to(inspections: Log) -> None:
    wanted = inspections.reference["R2_reinspect_U"]
    found = [f for f in inspections.judgement.of("come back") if f.against]
    assert (len(inspections.judgement.of("come back")), len(found)) == (wanted["U_inspections"], wanted["breaches"]) == (239, 138)
    assert sum(f.status is Status.MISSED for f in found) == wanted["of_which_never"] == 4
    assert sorted(f.evidence[0] for f in found)[:20] == wanted["first_20"]


def test_places_graded_poor_twice_within_365_days(inspections: Log) -> None:
    permits = sorted({f.subject.removeprefix("permit/") for f in inspections.judgement.of("stays poor")})
    assert len(permits) == inspections.reference["R3_repeat"]["permits"] == 206
    assert permits[:20] == inspections.reference["R3_repeat"]["first_20"]


TOWNS = {"bpic15_m1": (374, 158, 157), "bpic15_m3": (258, 144, 142)}
"""Late by the plain term, with suspension and extension, and with rolling, by the reference."""


@pytest.fixture(scope="module", params=sorted(TOWNS))
def permits(request: pytest.FixtureRequest, shared: Path) -> tuple[Log, str]:
    return Log(shared, request.param, "permits", "2016-01-01T00:00:00+01:00"), request.param


@pytest.mark.parametrize(("rule", "column", "place"), [
    ("plain", "late_plain", 0), ("term", "late", 1), ("term with rolling", "late_atw", 2)])
def test_building_permits(rule: str, column: str, place: int, permits: tuple[Log, str]) -> None:
    """By the plain term; suspended while data are missing, for the days registered where nothing came, and extended by the days
    registered; and with the last day rolled. Case by case."""
    log, town = permits
    assert log.against(rule, Status.LATE) == log.said(column)
    assert len(log.said(column)) == TOWNS[town][place]
