"""document: a text that a person wrote on its way to values. In: YAML. Out: nodes that keep their place, or diagnostics.

YAML decides nothing here but structure: a scalar stays the characters its author wrote (`1.10`, `2:00`, `no`, `是`),
and whoever reads the tree says what type it has. `Reading` is that reader's notebook: it turns nodes into typed values
and writes down every mistake, so that an author sees all of them at once.
"""

from accountability.document.comments import Block, Page, Part, commented
from accountability.document.composing import MAX_CHARACTERS, MAX_DEPTH, content_of, decode, parse, read
from accountability.document.layout import laid_out
from accountability.document.reading import Reading
from accountability.document.traps import ascii_of
from accountability.document.tree import Mapping, Node, Scalar, Sequence
from accountability.document.writing import write

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "Block", "Mapping", "Node", "Page", "Part", "Reading", "Scalar", "Sequence", "ascii_of",
           "commented",
           "content_of", "decode", "laid_out", "parse", "read", "write"]
