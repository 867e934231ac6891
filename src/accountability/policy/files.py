"""The files of a pack. In: its folder, or its one file. Out: where its rules stand, and those of the packs that it imports."""

from __future__ import annotations

import os.path
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

from accountability import document
from accountability.document import Mapping, Node, Reading
from accountability.errors import Diagnostic, DocumentError, RuleFileError, Span
from accountability.policy.citing import LIST
from accountability.policy.keywords import WORDS
from accountability.workdays.calendar_file import WORDS as CALENDAR_WORDS

HEAD = "pack.yaml"
NOT_RULES = ("organisation.yaml", "mapping.yaml", LIST)
COVERS = re.compile(rf"^(?:covers|{CALENDAR_WORDS['covers']})[ \t]*:".encode(), re.MULTILINE)
"""What every calendar file says, and no rule file."""


def rule_files(path: Path) -> list[Path]:
    """The rule files of the pack at *path*, `pack.yaml` first; a file is its own. Raises RuleFileError where there is no pack."""
    start = Span(str(path), 1, 1, 1, 1)
    if path.is_dir():
        head = path / HEAD
        if not head.exists():
            raise RuleFileError([Diagnostic(start, "no-pack", "the folder has no `pack.yaml`",
                                            "name a folder that holds one, or a rule file")])
        return [head, *sorted(p for p in path.glob("*.yaml") if p != head and p.name not in NOT_RULES and not _is_calendar(p))]
    if not path.exists():
        raise RuleFileError([Diagnostic(start, "no-pack", "there is no such file or folder",
                                        "name a pack, such as `rules/boston-311`")])
    return [path]


def _is_calendar(file: Path) -> bool:
    """Whether *file* is a calendar, which may lie beside the rules."""
    try:
        return COVERS.search(file.read_bytes().removeprefix(BOM_UTF8)) is not None
    except OSError:
        return False


def read_files(path: Path) -> list[tuple[str, Node]]:
    """The rule files of the pack at *path* and then of every pack that it imports, each by name and content, each pack once.

    A pack is imported by its folder, as seen from the folder of the pack that names it. Raises RuleFileError, also where *path* is
    one file of several.
    """
    found: list[Diagnostic] = []
    files: list[tuple[str, Node]] = []
    seen, left = {_place(path), *([_place(path.parent)] if path.name == HEAD else [])}, [path]
    while left:
        one = left.pop(0)
        for file in rule_files(one):
            try:
                files.append((str(file), document.read(file)))
            except DocumentError as error:
                found.extend(error.diagnostics)
            else:
                _check_whole(path, *files[-1])
        for folder in _imports(one, files, found):
            if _place(folder) not in seen:
                seen.add(_place(folder))
                left.append(folder)
    if found:
        raise RuleFileError(found)
    return files


def _check_whole(path: Path, name: str, node: Node) -> None:
    """Raises RuleFileError where the file at *path*, which was read as a pack, is a part of one: its folder is the pack."""
    folder = path.parent
    if name != str(path) or path.is_dir() or not (folder / HEAD).exists():
        return
    headed = isinstance(node, Mapping) and (node.get("pack") or node.get(WORDS["pack"])) is not None
    if len(rule_files(folder)) > 1 if path.name == HEAD else not headed:
        raise RuleFileError([Diagnostic(Span(name, 1, 1, 1, 1), "no-pack", f"the file is one of several of the pack in `{folder}`",
                                        f"name the folder: `{folder}`")])


def files_of(path: Path) -> list[tuple[str, Path]]:
    """Every file that `read_files` reads, by its path as seen from the pack. Raises RuleFileError."""
    base = path if path.is_dir() else path.parent
    return [(Path(os.path.relpath(name, base)).as_posix(), Path(name)) for name, _ in read_files(path)]


def _imports(pack: Path, files: list[tuple[str, Node]], found: list[Diagnostic]) -> Iterator[Path]:
    """The folders of the packs that *pack* imports; those that are not there are written down in *found*."""
    head = dict(files).get(str(rule_files(pack)[0]))
    named = (head.get("imports") or head.get(WORDS["imports"])) if isinstance(head, Mapping) else None
    reading = Reading()
    for item in reading.items(named, "«imports»"):
        text = reading.text(item, "«imports»")
        folder = Path(os.path.normpath((pack if pack.is_dir() else pack.parent) / (text or "")))
        if text and not (folder / "pack.yaml").exists():
            reading.fail(item.span, "unknown-import", f"there is no pack at `{text}`",
                         "name a folder with a `pack.yaml`, as seen from this one, such as `../safeguards`")
        elif text:
            yield folder
    found.extend(reading.diagnostics)


def _place(path: Path) -> str:
    return os.path.realpath(path)
