"""A ladder in words: which rung follows on which, and which rules make it up."""

from __future__ import annotations

from collections.abc import Iterator

from accountability.policy.kinds import Ladder
from accountability.policy.model import Policy
from accountability.policy.rendering.mermaid import chart
from accountability.policy.rendering.shared import triggers
from accountability.policy.rendering.voice import Voice, quoted


def ladder(found: Ladder, policy: Policy, say: Voice) -> Iterator[str]:
    """The rungs as a table of the rules that they mean, each of which has a sentence of its own; and as a drawing."""
    heads = (say("rung", "级"), say("after", "须先经过"), say("proposed by", "提出"), say("decided by", "决定"),
             say("appealed by", "申诉"), say("appeal decided by", "申诉决定"))
    yield say.table(heads, [
        (quoted(r.name), *("" if n is None else quoted(n) for n in (r.after, r.effect, r.decision, r.appeal, r.appeal_decision)))
        for r in found.rungs])
    starts = {r.name: triggers(r.when, say) for r in policy.rules}
    links = []
    for rung in found.rungs:
        links.append((rung.after or say("(start)", "（起）"), rung.name, starts.get(rung.effect, "")))
        if rung.appeal is not None and rung.appeal_decision is not None:
            links.append((rung.name, say(f"appeal: {rung.name}", f"申诉：{rung.name}"), say("within the limit", "期限内")))
    yield f"```mermaid\n{chart(links)}\n```"
