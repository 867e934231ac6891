"""organisation: who stood where and when. In: a YAML file or a folder of CSV files. Out: an Organisation, or diagnostics.

The nouns follow the W3C Organization Ontology (org:OrganizationalUnit, org:Post, org:Membership with its interval), and
add the line of responsibility: a post that answers for a unit under a name.
"""

from __future__ import annotations

from accountability.organisation.checks import CHECKS
from accountability.organisation.model import UNRANKED, Line, Post, ResponsibilityKind, Tenure, Unit
from accountability.organisation.register import Organisation

__all__ = ["CHECKS", "UNRANKED", "Line", "Organisation", "Post", "ResponsibilityKind", "Tenure", "Unit"]
