"""policy: a rule file on its way from text to model. In: text. Out: a Policy, or diagnostics."""

from accountability.policy.model import Policy
from accountability.policy.pack import read_rules, read_rules_text

__all__ = ["Policy", "read_rules", "read_rules_text"]
