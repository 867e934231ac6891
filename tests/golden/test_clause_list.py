"""The list of clauses in `rules/`, and what the packs make of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from accountability import document
from accountability.document import Mapping, Sequence
from accountability.policy import read_rules
from accountability.policy.citing import drifted, misquoted, read_clauses
from accountability.policy.tracing import Treatment, trace, unlisted

ROOT = Path(__file__).resolve().parents[2]
LISTED = ROOT / "rules" / "clauses.yaml"
POLICIES = [read_rules(path.parent) for path in sorted(ROOT.glob("rules/*/pack.yaml"))]


def test_every_clause_is_listed_and_what_is_out_of_scope_says_why() -> None:
    clauses = read_clauses(LISTED).clauses.values()
    assert len(clauses) == 256
    assert sum(not c.excluded for c in clauses) == 226
    assert [c.id for c in clauses if bool(c.excluded) != ("-O" in c.id)] == []
    assert sum(c.open for c in clauses) == 27
    assert sum(bool(c.repeats) for c in clauses) == 34
    assert [c.id for c in clauses if not re.fullmatch("[0-9a-f]{12}", c.digest)] == []
    assert [c.id for c in clauses if bool(c.kind) == bool(c.excluded)] == []


def test_the_packs_cite_only_clauses_that_there_are() -> None:
    listed = read_clauses(LISTED)
    assert [str(d) for policy in POLICIES for d in misquoted(policy, listed)] == []


def test_every_clause_in_scope_is_encoded_and_numbers_that_it_leaves_open_are_marked() -> None:
    rows = trace(POLICIES, read_clauses(LISTED))
    counts = Counter(row.treatment for row in rows)
    assert counts == {Treatment.ENCODED: 199, Treatment.NUMBERED: 27, Treatment.EXCLUDED: 30}
    assert [row.clause.id for row in rows if row.treatment is Treatment.NUMBERED and not row.marked] == []
    assert [row.clause.id for row in rows if row.clause.excluded and row.uses] == []
    by_id = {row.clause.id: row for row in rows}
    assert ("on-scene", "on-scene") in {(use.pack, use.rule) for use in by_id["S2.1-06"].uses}
    assert ("on-scene", "two problems") in {(use.pack, use.rule) for use in by_id["S3-14"].uses}


def test_every_rule_encodes_a_listed_clause_or_another_source() -> None:
    listed = read_clauses(LISTED)
    found = {(use.pack, use.rule) for row in trace(POLICIES, listed) for use in row.uses}
    found |= {(use.pack, use.rule) for _, uses in unlisted(POLICIES, listed) for use in uses}
    assert found == {(policy.pack, rule.name) for policy in POLICIES for rule in policy.own.rules}


def test_the_sources_have_not_changed(shared: Path) -> None:
    assert [str(d) for d in drifted(read_clauses(LISTED), LISTED, shared / "domain" / "clauses.yaml")] == []


def test_the_list_is_what_its_script_makes_and_copies_no_sentence(shared: Path, tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "rules" / "list_clauses.py", tmp_path)
    sources = shared / "domain" / "clauses.yaml"
    subprocess.run([sys.executable, script, str(sources)], check=True, timeout=120)
    assert (tmp_path / "clauses.yaml").read_text(encoding="utf-8") == LISTED.read_text(encoding="utf-8")
    rows = document.read(sources)
    assert isinstance(rows, Sequence)
    quotes = [str(quote.text) for row in rows.items if isinstance(row, Mapping) and (quote := row.get("quote")) is not None]
    written = LISTED.read_text(encoding="utf-8")
    assert [q for q in quotes if q in written and len(q) > 12] == []


def test_every_pack_imports_the_safeguards() -> None:
    assert [p.pack for p in POLICIES if "safeguards" not in p.imports] == ["safeguards"]
