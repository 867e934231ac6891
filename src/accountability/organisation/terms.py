"""The prefixes under which ORG files and ours name their terms."""

from __future__ import annotations

OUR = "acc"
TERMS = {
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "time": "http://www.w3.org/2006/time#",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    OUR: "urn:accountability:organisation#",
}
"""What each prefix stands for unless the file's own context says otherwise. *OUR* holds what ORG has no word for."""


def full(term: str) -> str:
    """The IRI that `prefix:name` stands for by *TERMS*."""
    prefix, _, name = term.partition(":")
    return TERMS[prefix] + name
