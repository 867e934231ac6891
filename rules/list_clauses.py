"""Lists the clauses of the sources anew: `python rules/list_clauses.py ../shared/domain/clauses.yaml`.

What is written to `clauses.yaml` beside this file is what a reader needs to find a clause, and its digest: never its words.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml

from accountability.policy.citing import LIST, quote_digest

DOCUMENTS = {
    "S0": "City speech on the campaign for safe units",
    "S1": "City speech on comprehensive governance",
    "S2.1": "County speech on stability during the two sessions and two festivals",
    "S2.2": "County speech on petitions and order during the two festivals",
    "S2.3": "County speech on stability, petitions and work safety",
    "S2.4": "County speech on the handling of petitions and on work safety",
    "S2.5": "County speech on safety and stability in the villages",
    "S3": "City speech on social stability",
    "S4": "County speech on the safety campaign",
}
KINDS = {
    "CAL": "calendar", "COVER": "coverage", "DUTY": "one-time duty", "EFFECT": "effect", "FORBID": "prohibition", "GATE": "gate",
    "LADDER": "ladder", "RECUR": "recurring duty", "REPORT": "reporting", "RESP": "responsibility", "SCORE": "scorecard",
    "WINDOW": "threshold",
}
OUT_OF_SCOPE = "OOS"
OPEN = re.compile(r"author (?:sets|states)|\bX\b")
"""How the notes on a clause say that it gives no number."""
REASONS = {"the seed names": "it names", " (see safeguards)": "", "the engine starts": "rules start"}
HEAD = """\
# Every clause of the sources, in a few words of our own, with the digest of its words. Made by list_clauses.py; do not edit.
"""


def entry(row: dict[str, object]) -> str:
    """One clause, in one line."""
    notes = str(row["computes"])
    said: dict[str, object] = {"name": row["name"], "digest": quote_digest(str(row["quote"]))}
    if row["block"] == OUT_OF_SCOPE:
        for before, after in REASONS.items():
            notes = notes.replace(before, after)
        said["out of scope"] = notes
    else:
        said = {"kind": KINDS[str(row["block"])]} | said
        if OPEN.search(notes):
            said["leaves open"] = "yes"
        if row["repeat"]:
            said["repeats"] = repeated(notes)
    return f"  {row['id']}: {{{', '.join(f'{key}: {written(value)}' for key, value in said.items())}}}"


def repeated(notes: str) -> list[str]:
    """The ids in `as S2.3-14, 15 and more`: a number by itself belongs to the document before it."""
    found: list[str] = []
    for document, number in re.findall(r"(?:\b(S[\d.]+)-|, )(\d+)\b", notes):
        found.append(f"{document or found[-1].rpartition('-')[0]}-{number}")
    return found


def written(value: object) -> str:
    """A value as YAML in brackets writes it; a list without quotes."""
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    plain = re.fullmatch(r"[\w][\w -]*", str(value), re.ASCII)
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def main() -> None:
    rows = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    titles = "".join(f"  {key}: {json.dumps(title)}\n" for key, title in DOCUMENTS.items())
    text = f"{HEAD}documents:\n{titles}\nclauses:\n" + "".join(f"{entry(row)}\n" for row in rows)
    (Path(__file__).parent / LIST).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
