"""From a tree to text that reads back as the same tree: what a formatter writes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from accountability.document.tree import Mapping, Node, Scalar


def write(node: Node) -> str:
    """*node* as YAML, one key or item a line. Values that stood in quotes, or below `|` and `>`, stand in double quotes."""
    return "\n".join([_scalar(node)] if isinstance(node, Scalar) else _lines(node)) + "\n"


def _scalar(node: Scalar) -> str:
    # A plain text over several lines may hold a line break, which one line cannot.
    return json.dumps(node.text, ensure_ascii=False) if node.quoted or "\n" in node.text else node.text


def _lines(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield _scalar(node)
    elif isinstance(node, Mapping):
        yield from (_entry(node) if node.entries else ["{}"])
    elif not node.items:
        yield "[]"
    else:
        for item in node.items:
            first, *rest = _lines(item)
            yield f"- {first}".rstrip()
            yield from (f"  {line}" for line in rest)


def _entry(node: Mapping) -> Iterator[str]:
    for key, value in node.entries:
        lines = list(_lines(value))
        if isinstance(value, Scalar) or lines in (["{}"], ["[]"]):
            yield f"{_scalar(key)}: {lines[0]}".rstrip()
        else:
            yield f"{_scalar(key)}:"
            yield from (f"  {line}" for line in lines)
