"""The page as its address asks for it, drawn once: what stands after the # of an address, a browser sends to no server,
so that the page's head sends it (`serving/index.py`)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from analysis import query as queries
from analysis.query import DECKS, default
from callbacks.bodies import Field, body, text
from callbacks.json_routes import as_json
from components import layout
from components.still import stilled
from components.views import known
from data.problems import StudyError
from data.shelf import UnknownStudyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash import Dash
    from flask import Response

    from analysis.query import Query
    from data.shelf import Catalog
    from data.study import Study

ADDRESS: Mapping[str, Field] = MappingProxyType({"address": text()})


def register(app: Dash, catalog: Catalog, names: Sequence[str] = ()) -> None:
    """`first`, beside dash's own request for the page of a bare address; `names` as `layout.shell` takes them."""

    def first() -> Response:
        return as_json(page(catalog, body(ADDRESS)["address"], names))

    app.server.add_url_rule(f"{app.config.routes_pathname_prefix}first", "first", first, methods=["POST"])


def page(catalog: Catalog, address: str = "", names: Sequence[str] = ()) -> Any:
    """The page that an address asks for, as JSON. Where the server could not use all of it, or has no such study, that
    of a bare address, which then asks for the rest and says what is wrong with it."""
    parts = dict(part.split("=", 1) for part in address.removeprefix("#").split("&") if "=" in part)
    home = catalog.first
    study = _study(catalog, unquote(parts.get("study", home.key)), home)
    return stilled(layout.shell(study, catalog.titles, names, query_of(parts, study), home.key))


def _study(catalog: Catalog, key: str, otherwise: Study) -> Study:
    with suppress(StudyError, UnknownStudyError):
        return otherwise if key == otherwise.key else catalog.load(key)
    return otherwise


def query_of(parts: Mapping[str, str], study: Study) -> Query:
    """The query of an address in parts, as `assets/browser/state/address.mjs` reads it; the study's default one if not
    all of it can be used."""
    usual = asdict(default(study))
    raw = {name: _read(parts[name], value) if name in parts else value for name, value in usual.items()}
    turned = [raw[deck] for deck in DECKS if raw[deck] != usual[deck]]
    if "panel" not in parts and turned:
        raw["panel"] = turned[0]
    focused, query, complaints = queries.asked(study, raw)
    query, unknown = known(focused, query)
    return default(study) if complaints or unknown else query


def _read(said: str, usual: Any) -> Any:
    """A value of the kind that a field usually has."""
    if isinstance(usual, tuple):
        return [unquote(one) for one in said.split(",")] if said else []
    if isinstance(usual, bool):
        return said == "1"
    if isinstance(usual, str):
        return unquote(said)
    try:
        return float(said)
    except ValueError:
        return usual
