"""Hold the city's own verdicts against ours, case by case: `python examples/boston_311.py`.

Exits with 1 where they disagree.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from accountability import Organisation, read_rules
from accountability.conclusion import Conclusion, Status
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake, read_mapping

PACK = Path(__file__).resolve().parent.parent / "rules" / "boston-311"
DATA = PACK / "data"
CLOSE = timedelta(minutes=5)


def judged() -> tuple[list[Event], tuple[Conclusion, ...]]:
    """The events of the sample, and every conclusion that follows from them."""
    policy = read_rules(PACK)
    intake = Intake(policy.vocabulary, mapping=read_mapping(PACK / "mapping.yaml", policy.vocabulary))
    events = [e for e in intake.read([DATA / "boston311_sample.jsonl.gz"]) if isinstance(e, Event)]
    organisation = Organisation.read(PACK / "organisation.yaml")
    at = datetime.fromisoformat(json.loads((DATA / "boston311_sample.reference.json").read_text())["as_of"])
    return events, replay(policy, organisation, events, at=at, report_all=True).findings


def main() -> int:
    """Prints the agreement; 0 if every verdict agrees."""
    reference = json.loads((DATA / "boston311_sample.reference.json").read_text())["P1_explicit_deadline"]
    events, findings = judged()
    ours = {f.subject.removeprefix("case/"): f for f in findings if f.rule == "on time"}
    with (DATA / "boston311_sample.authority.csv").open() as file:
        city = {row["case_id"]: row["authority_verdict"] for row in csv.DictReader(file) if row["authority_verdict"]}
    compared = sorted(city.keys() & ours.keys())
    differ = [case for case in compared if (city[case] == "OVERDUE") != (ours[case].status is Status.LATE)]
    breaches = sum(f.against for f in ours.values())
    print(f"{breaches} breaches among {len(ours):,} cases with a target")
    print(f"the city's own verdict agrees on {len(compared) - len(differ):,} of {len(compared):,} cases")
    wrong = 0
    for unit, (late, cases) in reference["per_department"].items():
        mine = [f for f in ours.values() if f.unit == unit]
        agrees = (sum(f.against for f in mine), len(mine)) == (late, cases)
        wrong += not agrees
        print(
            f"  {unit}: {sum(f.against for f in mine)} of {len(mine)}"
            + ("" if agrees else f", the reference says {late} of {cases}")
        )
    targets = {e.fields["case"]: e.fields.get("target") for e in events if e.type == "case.opened"}
    near, reckoned = 0, [f for f in findings if f.rule == "service level"]
    for finding in reckoned:
        target = targets[finding.subject.removeprefix("case/")]
        near += isinstance(target, datetime) and finding.due is not None and abs(finding.due - target) <= CLOSE
    print(f"the due reckoned in working days is the city's within 5 minutes for {near:,} of {len(reckoned):,} cases")
    return int(bool(differ) or wrong > 0 or breaches != reference["breaches"])


if __name__ == "__main__":
    sys.exit(main())
