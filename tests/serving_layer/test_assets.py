"""Files that are the same for everybody, kept by the browser for as long as they are."""

import re
from html import unescape
from pathlib import Path

import brotli
import pytest

from serving import assets, bundle

OURS = Path(assets.OURS)


@pytest.fixture
def page(client):
    return unescape(client.get("/").get_data(as_text=True))


def linked(page):
    return re.findall(r'(?:src|href)="(/[^"?]*)[^"]*"', page)


def test_every_file_of_the_page_is_there_and_kept_for_a_year(client, page):
    files = [path for path in linked(page) if "/_dash-" not in path]
    assert {path.rpartition("/")[2] for path in files} >= {
        "plotly.min.js",
        "bootstrap.min.css",
        "app.css",
        "reprise.mjs",
    }
    for path in files:
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            assert {"max-age=31536000", "immutable"} <= set(answer.headers["Cache-Control"].split(", ")), path


def test_the_page_asks_for_one_module_and_devtools_find_the_others(client, page):
    (place,) = set(re.findall(r"/assets/v-[0-9a-f]{16}/", page))
    assert [path for path in linked(page) if path.endswith(".mjs")] == [f"{place}{assets.ENTRY}"]
    for name in client.get(f"{place}{assets.ENTRY}.map").get_json(force=True)["sources"]:
        assert client.get(f"{place}{name}").status_code == 200, name


def test_everything_lies_below_the_prefix(server):
    client = server(URL_PREFIX="/reprise/").test_client()
    files = linked(unescape(client.get("/reprise/").get_data(as_text=True)))
    assert len(files) > 12
    for path in files:
        assert path.startswith("/reprise/")
        with client.get(path) as answer:
            assert answer.status_code == 200, path


def test_another_file_is_another_place():
    places = [{"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"1", "b": b""}]
    assert len({assets.folder(files) for files in places}) == len(places)
    assert assets.folder({"a": b"1", "b": b"2"}) == assets.folder({"b": b"2", "a": b"1"})


@pytest.mark.parametrize("path", ["assets/app.css", "assets/v-0/app.css", "assets/v-0000000000000000/app.css"])
def test_another_version_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_who_has_a_file_gets_it_no_second_time(client, page):
    path = next(path for path in linked(page) if path.endswith("app.css"))
    with client.get(path) as answer:
        tag = answer.headers["ETag"]
    for sent in ({}, {"Accept-Encoding": "br"}):
        with client.get(path, headers={"If-None-Match": tag, **sent}) as answer:
            assert (answer.status_code, answer.data) == (304, b"")


def test_no_file_outside_is_served(client, page):
    place = next(path for path in linked(page) if path.endswith("/app.css")).removesuffix("/app.css")
    for path in ("../app.py", "browser/../../app.py", "..%2Fapp.py"):
        assert client.get(f"{place}/{path}").status_code == 404


def test_a_bundle_of_another_content_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(bundle, "FETCHED", tmp_path / "fetched.js")
    monkeypatch.setattr(bundle, "_downloaded", lambda folder: b"alert(1)")
    with pytest.raises(bundle.FetchError, match="not the file"):
        bundle.fetch()
    assert bundle.plotly_js() == bundle.WHOLE


def test_without_npm_the_whole_bundle_is_served_and_it_is_said_once(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bundle, "FETCHED", tmp_path / "fetched.js")
    monkeypatch.setattr(bundle, "which", lambda name: None)
    monkeypatch.setattr(bundle, "first_load", list)
    bundle.main()
    assert capsys.readouterr().err.count("there is no npm here") == 1
    assert bundle.plotly_js().stat().st_size > 4_000_000


def test_what_every_first_load_takes_is_kept_compressed_as_far_as_it_goes(monkeypatch, tmp_path):
    monkeypatch.setattr(bundle, "PLACE", tmp_path)
    assert all(any(bundle.PACKAGES.glob(pattern)) for pattern in bundle.FIRST_LOAD)
    content = min((path.read_bytes() for path in bundle.first_load()), key=len)
    assert bundle.packed(content) is None
    bundle.keep(content)
    kept = bundle.packed(content)
    assert kept is not None
    assert brotli.decompress(kept) == content
    assert len(kept) < len(brotli.compress(content, quality=5))
