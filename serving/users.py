"""`python -m serving.users add NAME --role reader|contributor|admin`, `remove NAME`, `list`: the users of AUTH=users.

The password is asked for, or read from standard input where that is no terminal; never an argument."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass
from types import MappingProxyType
from typing import TYPE_CHECKING

from argon2 import PasswordHasher

from data.access import NAME, ROLES
from serving.login.accounts import Account, AccountsError, accounts, place, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHORTEST, LONGEST = 12, 1_000
"""Characters of a password."""


def add(asked: Namespace) -> str:
    """Put somebody into the file, or give them another password and role."""
    if not NAME.fullmatch(asked.name):
        raise AccountsError("A name is 1 to 100 letters, digits and ._@+-\\, without spaces or accents.")
    password = _password()
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountsError(f"A password has {SHORTEST} to {LONGEST:,} characters.")
    known = dict(accounts()) if place().exists() else {}
    for other in known.keys() - {asked.name}:
        if other.casefold() == asked.name.casefold():
            raise AccountsError(f"There is a user {other} already, who is easily taken for {asked.name}.")
    write(known | {asked.name: Account(asked.name, asked.role, PasswordHasher().hash(password))})
    return f"{asked.name} may log in as {asked.role}."


def remove(asked: Namespace) -> str:
    """Take somebody out of the file: their next request is a stranger's."""
    known = dict(accounts())
    if known.pop(asked.name, None) is None:
        raise AccountsError(f"There is no user {asked.name}.")
    write(known)
    return f"{asked.name} may not log in any more."


def listed(asked: Namespace) -> str:
    """Who may log in, and as what."""
    return "\n".join(f"{one.name}\t{one.role}" for one in accounts().values())


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise AccountsError("The two are not the same.")
    return password


COMMANDS: Mapping[str, Callable[[Namespace], str]] = MappingProxyType({"add": add, "remove": remove, "list": listed})


def main(arguments: list[str]) -> int:
    """Do what is asked; 2 with a sentence when it cannot be done."""
    parser = ArgumentParser(prog="python -m serving.users", description=(__doc__ or "").split("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name != "list":
            command.add_argument("name")
        if name == "add":
            command.add_argument("--role", choices=list(ROLES), default="reader")
    asked = parser.parse_args(arguments)
    try:
        print(COMMANDS[asked.command](asked))
    except (AccountsError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
