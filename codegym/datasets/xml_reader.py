"""XML read without document types and entities, with which a small file could grow without bound."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

LARGEST = 16 << 20
"""Bytes."""
DEEPEST = 100
"""Elements within each other."""


def parse_xml(data: bytes) -> Element:
    """The root element of a document.

    Raises:
        ValueError: it is no XML, or has a document type, or is too large or too deep.
    """
    if len(data) > LARGEST:
        raise ValueError(f"expected at most {LARGEST} bytes of XML, got {len(data)}")
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"expected at most {DEEPEST} elements within each other, got more")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise ValueError("expected XML without a document type, got one")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        root = builder.close()
    except (expat.ExpatError, LookupError, AssertionError) as error:
        raise ValueError(f"expected XML, got an error: {str(error)[:100]}") from None
    return root
