"""Whether somebody may be given something: what a judgement says stands against it. In: a judgement. Out: yes, or no and why."""

from __future__ import annotations

import attrs

from accountability.conclusion import Conclusion, Judgement, Kind, Status
from accountability.policy.kinds import DecidedEffect, Effect
from accountability.policy.model import Policy


@attrs.frozen
class Eligibility:
    """Whether *who* may be given *what* at the instant of the judgement; if not, the standings that keep it, oldest first."""

    who: str
    what: str
    barred_by: tuple[Conclusion, ...] = ()

    @property
    def eligible(self) -> bool:
        return not self.barred_by

    def __bool__(self) -> bool:
        return self.eligible


def eligible(policy: Policy, judgement: Judgement, who: str, what: str) -> Eligibility:
    """Whether *who* – `unit/town-a`, `post/town-a/mayor` or `office-holder/Holder D` – may be given *what*, such as `award`.

    Read at the clock of *judgement* and by what was known then: only a standing in force bars, so one that has ended or was quashed
    does not (SG13), and an appeal that is pending changes nothing (no stay: Interim provisions on accountability 2009, art. 22).
    What bars a post's holder follows the person, unless the rule says that it stays with the post; what is on a unit bars the unit
    alone. Raises ValueError where *who* has none of the three prefixes.
    """
    kind, _, name = who.partition("/")
    if kind not in ("unit", "post", "office-holder") or not name:
        raise ValueError(f"`{who}` says not who is meant; write `unit/…`, `post/…` or `office-holder/…`")
    in_force = (f for f in judgement.findings if f.kind is Kind.STANDING and f.status is Status.IN_FORCE)
    barring = [f for f in in_force if _bars(policy, f, what) and _is_on(policy, f, kind, name)]
    return Eligibility(who, what, tuple(sorted(barring, key=lambda f: f.order)))


def _bars(policy: Policy, standing: Conclusion, what: str) -> bool:
    rule = policy.rule(standing.rule)
    if isinstance(rule, DecidedEffect):
        return what in rule.bars
    return isinstance(rule, Effect) and rule.decision is not None and what in rule.decision.bars


def _is_on(policy: Policy, standing: Conclusion, kind: str, name: str) -> bool:
    rule = policy.rule(standing.rule)
    if isinstance(rule, DecidedEffect):
        follows_person = rule.follows_person
    else:
        follows_person = not isinstance(rule, Effect) or rule.decision is None or rule.decision.follows_person
    if standing.post is None:
        return kind == "unit" and standing.unit == name
    if kind == "office-holder":
        return follows_person and standing.holder == name
    return kind == "post" and not follows_person and standing.post == name
