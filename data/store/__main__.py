"""`python -m data.store list | backup FILE | restore FILE [--into DIR] [--overwrite] | migrate | delete ID`: what was
uploaded, in the folder that UPLOADS names, while the server goes on.

Exit status 0: done. 1: done, but for what the sentences say. 2: nothing was done.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from data.settings import setting
from data.store.backup import StoreError, backup
from data.store.listing import delete, listed
from data.store.restore import restore
from data.uploading.audit import AuditError, record
from data.uploading.migration import migrate
from data.uploading.upload_folder import FolderError, folder, is_marked, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DONE, PARTLY, REFUSED = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Do what is asked, say what was done, and return the exit status."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stop:
        return REFUSED if stop.code else DONE
    try:
        return _done(asked)
    except (StoreError, FolderError, AuditError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"This could not be done: {error.strerror}. Nothing was changed.\n")
    return REFUSED


def _done(asked: argparse.Namespace) -> int:
    if getattr(asked, "into", None):
        os.environ["UPLOADS"] = asked.into
    setting("UPLOAD_HOURS")
    if asked.command != "restore":
        _there()
    if asked.command != "list":  # before it is done: what cannot be noted is not done
        what = Path(getattr(asked, "file", "")).name or getattr(asked, "id", "")
        record(asked.command, what=what, by="data.store")
    said, status = COMMANDS[asked.command](asked)
    sys.stdout.write(f"{said}\n")
    return status


def _there() -> None:
    """StoreError where no server has kept anything: a folder is not made by looking for it."""
    if not is_marked():
        raise StoreError(f"There is no store in {folder()}. Set UPLOADS (or PORT) as for the server, and be its user.")
    prepared()


def _backup(asked: argparse.Namespace) -> tuple[str, int]:
    brought, status = _migrated()
    saved = backup(Path(asked.file).absolute())
    said = f"{asked.file} holds {_count(saved.studies, 'study', 'studies')} of {folder()}{_notes(saved.notes)}."
    return "\n".join([said, *saved.left, *[brought] * status]), PARTLY if saved.left else status


def _restore(asked: argparse.Namespace) -> tuple[str, int]:
    prepared()
    brought, status = _migrated()
    found = restore(Path(asked.file).absolute(), overwrite=asked.overwrite)
    said = f"{_count(found.studies, 'study', 'studies')}{_notes(found.notes)} put back into {folder()}."
    there = f" {found.there} were there already." if found.there else ""
    expired = f" Of {_count(found.expired, 'study', 'studies')} the time is over." if found.expired else ""
    return "\n".join([f"{said}{there}{expired}", *[brought] * status]), status


def _migrated() -> tuple[str, int]:
    brought, failed = migrate()
    said = f"{_count(brought, 'study', 'studies')} brought to this version of the store."
    if failed:
        said += f" {failed:,} could not be, and stay as they are. Is there room in {folder()}? Then do it again."
    return said, PARTLY if failed else DONE


def _delete(asked: argparse.Namespace) -> tuple[str, int]:
    delete(asked.id)
    return f"{asked.id} is deleted.", DONE


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _notes(number: int) -> str:
    return f" and notes on {_count(number, 'study', 'studies')} of the server's own" if number else ""


COMMANDS: Mapping[str, Callable[[argparse.Namespace], tuple[str, int]]] = MappingProxyType(
    {
        "list": lambda _: (listed(), DONE),
        "backup": _backup,
        "restore": _restore,
        "migrate": lambda _: _migrated(),
        "delete": _delete,
    }
)


def _parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="python -m data.store", description=about, epilog=more)
    found = parser.add_subparsers(dest="command", required=True)
    commands = {name: found.add_parser(name) for name in COMMANDS}
    commands["backup"].add_argument("file", metavar="FILE", help="a new file, of this user's alone; a zip")
    commands["restore"].add_argument("file", metavar="FILE", help="what `backup` has written")
    commands["restore"].add_argument("--into", metavar="DIR", help="another folder, empty or not there yet")
    commands["restore"].add_argument("--overwrite", action="store_true", help="replace what is other in the store")
    commands["delete"].add_argument("id", metavar="ID", help="as `list` tells it")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
