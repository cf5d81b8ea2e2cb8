"""Dash's own routes, as far as this page needs them: nothing at other paths, and no body that is not the page's."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from dash import Dash
from dash._utils import split_callback_id, stringify_id
from dash.backends._flask import FlaskDashServer
from dash.exceptions import DependencyException
from flask import Flask, Response
from werkzeug.exceptions import BadRequest, HTTPException, NotFound

from callbacks.bodies import QUERY, STUDY, Field, body, check, nested, text, texts
from callbacks.json_routes import encoded
from components import ids
from serving import compression

ASKED: Mapping[str, Field] = MappingProxyType(
    {
        "output": text(),
        "changedPropIds": texts(),
        "inputs": nested(list, 8),
        "state": nested(list, 8, optional=True),
        "outputs": nested(object, 8, optional=True),
        "parsedChangedPropsIds": nested(list, 8, optional=True),
    }
)
"""The body of a callback, as dash's renderer sends it."""
NEEDLESS = ("/dash/deps/polyfill", "/dash/dash_table/")
"""Scripts that dash puts into every page: for browsers without modules, and for a table that is not used here."""
VALUES: Mapping[str, Field] = MappingProxyType({ids.STUDY: STUDY, ids.QUERY: QUERY, ids.DEFAULTS: QUERY})
"""What the stores of the page hold."""


PAGES = 8
"""First pages that are remembered: readers see different studies."""


class Backend(FlaskDashServer):
    """Flask under dash, without dash's answer to every path."""

    @staticmethod
    def create_app(name: str = "reprise", config: dict[str, Any] | None = None) -> Flask:  # noqa: ARG004 - dash's signature
        return Flask(name, static_folder=None)

    def setup_catchall(self, dash_app: Dash) -> None:
        """An unknown path is not the page: a monitor, or a mistyped link, must be able to tell."""

    def register_assets_blueprint(self, blueprint_name: str, assets_url_path: str, assets_folder: str) -> None:
        """Assets are served by `serving.assets`."""

    def serve_component_suites(self, dash_app: Dash, package_name: str, fingerprinted_path: str) -> Response:
        try:
            answer = super().serve_component_suites(dash_app, package_name, fingerprinted_path)
        except DependencyException:
            raise NotFound from None
        answer.cache_control.immutable = bool(answer.cache_control.max_age)
        return compression.packed(answer)

    def serve_callback(self, dash_app: Dash) -> Callable[[], Response]:
        dispatch = super().serve_callback(dash_app)

        def dispatch_what_fits() -> Response:
            body(ASKED)
            return dispatch()

        return dispatch_what_fits


class Page(Dash):
    """Dash on this backend. What it cannot make a callback's arguments of is the body's fault, not an error here."""

    def _generate_scripts_html(self) -> str:
        tags = super()._generate_scripts_html().split("\n")
        return "\n".join(tag for tag in tags if not any(part in tag for part in NEEDLESS))

    def _generate_renderer(self) -> str:
        # deferred, as the page's own modules are, which it needs
        return f'<script id="_dash-renderer" type="module">{self.renderer}</script>'

    def serve_layout(self) -> Response:
        return compression.packed(Response(self._first_page(self.depends()), mimetype="application/json"))

    def opened(self) -> Any:
        """The first page for who asks. A function as dash's layout would stand in the index, for everybody."""
        return self.get_layout()

    def depends(self) -> Hashable:
        """What the first page depends on, besides the server's own study."""
        return None

    @cached_property
    def _first_page(self) -> Callable[[Hashable], bytes]:
        return lru_cache(maxsize=PAGES)(lambda _on: encoded(self.opened()))

    def serve_reload_hash(self) -> Response:
        raise NotFound

    def _initialize_context(self, body: Any) -> Any:
        with _wrong_bodies():
            return super()._initialize_context(body)

    def _prepare_callback(self, g: Any, body: Any) -> Any:
        with _wrong_bodies():
            _must_be_of(self.callback_map[body["output"]], body)
            return super()._prepare_callback(g, body)

    def _inputs_to_vals(self, inputs: list[Any]) -> list[Any]:
        with _wrong_bodies():
            for item in inputs:
                if isinstance(item, dict) and item["id"] in VALUES:
                    check(item["id"], item.get("value"), VALUES[item["id"]])
            return super()._inputs_to_vals(inputs)  # type: ignore[no-untyped-call]


def _must_be_of(callback: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """ValueError for a body whose parts are not those that a callback was registered with."""
    sent = [*body["inputs"], *body.get("state", [])]
    declared = [*callback["inputs"], *callback["state"]]
    fits = all(_is_of(one, other) for one, other in zip(declared, sent, strict=True))
    outputs = split_callback_id(body["output"])  # type: ignore[no-untyped-call]
    known = {f"{stringify_id(part['id'])}.{part['property']}" for item in sent for part in _parts(item)}
    if not fits or not set(body["changedPropIds"]) <= known or body.get("outputs") != outputs:
        raise ValueError


def _is_of(declared: Mapping[str, str], sent: Any) -> bool:
    """Whether a part that was sent is the one declared, or a list of those that a pattern fits."""
    is_pattern = declared["id"].startswith("{")
    return is_pattern == isinstance(sent, list) and all(
        part["property"] == declared["property"]
        and (is_pattern == isinstance(part["id"], dict))
        and (is_pattern or part["id"] == declared["id"])
        for part in _parts(sent)
    )


def _parts(sent: Any) -> list[Any]:
    return sent if isinstance(sent, list) else [sent]


@contextmanager
def _wrong_bodies() -> Iterator[None]:
    try:
        yield
    except HTTPException:
        raise
    except Exception:  # noqa: BLE001 - dash reads the body without looking at it first
        raise BadRequest("This request is of no callback of the page. Load the page again.") from None
