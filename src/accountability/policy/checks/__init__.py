"""checks: what is wrong with a policy that could be read, one small function each. In: a policy. Out: diagnostics.

Errors make a pack unusable; warnings are kept on it. Each check has a page in docs/reference/checks with an example that it catches
and one that it allows.
"""

from accountability.policy.checks import cases, citation, limits, names, reachability, responsibility, safeguards, versions, wording
from accountability.policy.checks.registry import CHECKS, Check, check_beside, check_rules

__all__ = ["CHECKS", "Check", "cases", "check_beside", "check_rules", "citation", "limits", "names", "reachability",
           "responsibility", "safeguards", "versions", "wording"]
