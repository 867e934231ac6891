"""ledger: what was concluded and when it changed. In: judgements. Out: entries that are only ever added, each sealed to the last.

`body` and `canonical` give the one form in which a conclusion leaves the library: the ledger and the command line both use it.
"""

from accountability.ledger.chain import Basis, Entry, body, canonical, content_digest
from accountability.ledger.store import Ledger, Recorded

__all__ = ["Basis", "Entry", "Ledger", "Recorded", "body", "canonical", "content_digest"]
