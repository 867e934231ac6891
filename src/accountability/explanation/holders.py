"""Who answers, and by what: the tenure that covers the named instant, since when and as recorded when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from accountability.conclusion import Answer, Conclusion
from accountability.explanation.reason import Reason, reason
from accountability.organisation import Organisation


def holders(finding: Conclusion, organisation: Organisation, known_at: datetime) -> Iterator[Reason]:
    """Everybody who answers for *finding*, each with the evidence for it, by what was known at *known_at*."""
    for answer in finding.answers:
        yield reason("answers", *_evidence(answer, organisation, known_at), line=answer.line, post=answer.post,
                     holder=answer.holder, moment=answer.moment, at=answer.at, part=answer.part, share=answer.share)
    if finding.post is not None and not finding.answers:
        yield reason("about the post", post=finding.post, holder=finding.holder)


def _evidence(answer: Answer, organisation: Organisation, known_at: datetime) -> Iterator[Reason]:
    if answer.passed:
        yield reason("passed on", units=answer.passed[1:])  # the first is the unit that ended
    tenure = organisation.holder(answer.post, answer.at, known_at)
    if tenure is not None:
        yield reason("acting tenure" if tenure.acting else "tenure", holder=tenure.holder, since=tenure.since, until=tenure.until,
                     recorded=tenure.recorded)
    else:
        yield reason("vacant", post=answer.post, at=answer.at)
    for entry in organisation.tenures:
        if entry.post == answer.post and entry.recorded is not None and entry.recorded > known_at and entry.covers(answer.at):
            yield reason("learned later", holder=entry.holder, since=entry.since, until=entry.until, recorded=entry.recorded)
