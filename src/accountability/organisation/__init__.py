"""organisation: who stood where and when. In: YAML, CSV or W3C ORG. Out: an Organisation, or diagnostics; the same as text again.

The nouns follow the W3C Organization Ontology (org:OrganizationalUnit, org:Post, org:Membership with its interval), and
add the line of responsibility: a post that answers for a unit under a name.
"""

from __future__ import annotations

from accountability.organisation.changing import changed, is_change
from accountability.organisation.model import UNRANKED, Line, Part, Post, ResponsibilityKind, Tenure, Unit
from accountability.organisation.register import CHECKS, Organisation
from accountability.organisation.roster import Held
from accountability.organisation.versions import ALWAYS
from accountability.organisation.writing import as_jsonld, as_sheets, write_organisation

__all__ = ["ALWAYS", "CHECKS", "UNRANKED", "Held", "Line", "Organisation", "Part", "Post", "ResponsibilityKind", "Tenure", "Unit",
           "as_jsonld", "as_sheets", "changed", "is_change", "write_organisation"]
