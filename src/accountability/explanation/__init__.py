"""explanation: why something was found, what it rests on, and a file by which a stranger can check it.

In: a policy, an organisation, a log and a finding. Out: a tree of reasons with the smallest part of the log that gives the finding.
Everything is worked out by judging again with `semantics`; the engine is not asked.
"""

from accountability.explanation.ahead import Ahead, Difference, forecast, what_if
from accountability.explanation.dossier import Verified, dossier, verify
from accountability.explanation.reason import Reason
from accountability.explanation.showing import as_html, as_json, as_text
from accountability.explanation.support import Report, events_in, reports_in, support_of
from accountability.explanation.why import Explanation, why
from accountability.explanation.whynot import Flip, WhyNot, why_not

__all__ = [
    "Ahead", "Difference", "Explanation", "Flip", "Reason", "Report", "Verified", "WhyNot", "as_html", "as_json", "as_text",
    "dossier", "events_in", "forecast", "reports_in", "support_of", "verify", "what_if", "why", "why_not",
]
