"""Wrong requests are a sentence for whoever sent them, and a line without any of their content for who runs the server."""

import json
import logging

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from serving_layer.answers import sentence

GOOD = {
    "redraw": {"study": "case-series", "query": {}, "drawn": {}},
    "marks": {"study": "case-series", "query": {}, "views": ["pasi"]},
    "notes": {"study": "case-series", "query": {}, "views": ["pasi"]},
    "lanes": {"study": "case-series", "query": {}, "patient": "P1"},
    "resample": {"study": "case-series", "query": {}, "kind": "permutation"},
    "uploaded": {"study": "x" * 43},
    "written": {"study": "x" * 43},
    "forget": {"study": "x" * 43},
}
OPEN = {
    "output": "..page.children...report-text.children..",
    "outputs": [{"id": "page", "property": "children"}, {"id": "report-text", "property": "children"}],
    "inputs": [{"id": "study", "property": "data", "value": "case-series"}],
    "state": [{"id": "defaults", "property": "data", "value": {"study": "other"}}],
    "changedPropIds": ["study.data"],
}
CSV = {
    "output": "download.data",
    "outputs": {"id": "download", "property": "data"},
    "inputs": [[{"id": {"type": "csv", "view": "pasi"}, "property": "n_clicks", "value": 1}]],
    "state": [
        {"id": "query", "property": "data", "value": {}},
        {"id": "study", "property": "data", "value": "case-series"},
    ],
    "changedPropIds": ['{"type":"csv","view":"pasi"}.n_clicks'],
}
DEEP = b'{"study": "case-series", "query": ' + b"[" * 20_000 + b"]" * 20_000 + b', "drawn": {}}'
NO_JSON = (b"", b"{", b"nonsense", b"\xff\xfe\x00", DEEP, b'{"study": NaN}', b'{"n": ' + b"9" * 5000 + b"}")
NO_OBJECT = (b"null", b"3", b'"text"', b"[]", b"{}", b'{"study": 1, "other": 2}')
NO_TEXT = (None, 3, 1.5, True, [], {}, ["case-series"], "x" * 4000, "\ud800")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["case-series", "pasi", "study.data"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "property", "value", "from_week", "patients", "view"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@pytest.fixture
def quiet(caplog):
    """Fails the test that leaves an error in the log."""
    with caplog.at_level(logging.WARNING):
        yield
    assert caplog.records == []


def sent(client, path, content):
    return client.post(path, data=content, content_type="application/json")


@pytest.mark.parametrize("content", [*NO_JSON, *NO_OBJECT])
@pytest.mark.parametrize("path", [*GOOD, "_dash-update-component"])
def test_a_body_of_another_shape_is_refused(client, quiet, path, content):
    text = sentence(sent(client, f"/{path}", content), 400)
    assert "JSON" in text


@pytest.mark.parametrize("value", NO_TEXT)
@pytest.mark.parametrize("path", GOOD)
def test_a_study_is_a_short_text(client, quiet, path, value):
    text = sentence(sent(client, f"/{path}", json.dumps(GOOD[path] | {"study": value})), 400)
    assert "study must be a text of at most 200 characters" in text


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("redraw", "query", []), ("redraw", "drawn", None), ("redraw", "query", {"patients": [[["P1"]]]}), ("redraw", "query", {"\udfff": 1}),
        ("marks", "views", None), ("marks", "views", [1]), ("marks", "views", {"pasi": 1}), ("marks", "views", ["\ud800"]),
        ("lanes", "patient", ["P1"]), ("resample", "kind", "unknown"), ("resample", "kind", ["permutation"]),
        ("redraw", "query", {"patients": ["P1"] * 30_000}),
    ],
)  # fmt: skip
def test_every_field_is_named_that_does_not_fit(client, quiet, path, name, value):
    text = sentence(sent(client, f"/{path}", json.dumps(GOOD[path] | {name: value})), 400)
    assert f"{name} must be" in text


def test_a_field_too_many_or_too_few_is_refused(client, quiet):
    for path, good in GOOD.items():
        sentence(client.post(f"/{path}", json=good | {"more": 1}), 400)
        sentence(client.post(f"/{path}", json=dict(list(good.items())[1:])), 400)


def test_what_is_no_json_is_named(client, quiet):
    assert "application/json" in sentence(client.post("/marks", data="{}", content_type="text/plain"), 415)


@pytest.mark.parametrize("path", [*GOOD, "_dash-update-component"])
@pytest.mark.parametrize("told", [True, False], ids=["length", "chunked"])
def test_more_than_a_megabyte_is_refused_for_that(client, quiet, path, told):
    content = json.dumps({"study": "x" * 1_100_000})
    chunked = (
        {} if told else {"environ_overrides": {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}}
    )
    answer = client.post(f"/{path}", data=content, content_type="application/json", **chunked)
    assert "more than 1 MB" in sentence(answer, 413)


def test_dashs_own_callbacks_are_answered(client, quiet):
    assert client.post("/_dash-update-component", json=OPEN).status_code == 200
    assert "patient_id" in client.post("/_dash-update-component", json=CSV).get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        {"output": "nowhere.data"}, {"output": "page.children"}, {"inputs": []}, {"inputs": [1]}, {"inputs": [{}]}, {"state": []}, {"outputs": []},
        {"outputs": {"id": "nowhere", "property": "x"}}, {"changedPropIds": []}, {"changedPropIds": ["x"]}, {"changedPropIds": ["{.n_clicks"]},
        {"changedPropIds": ['{"type":"csv","view":"nowhere"}.n_clicks']}, {"changedPropIds": ['{"type":"csv","view":["pasi"]}.n_clicks']},
        {"inputs": [{"id": "x", "property": "n_clicks", "value": 5}]},
        {"state": [{"id": "query", "property": "data", "value": {}}, {"id": "study", "property": "data", "value": ["case-series"]}]},
        {"state": [{"id": "query", "property": "data", "value": [1]}, {"id": "study", "property": "data", "value": "case-series"}]},
        {"state": [{"id": "x", "property": "data", "value": 5}, {"id": "x", "property": "data", "value": {}}]},
        {"more": 1},
    ],
)  # fmt: skip
def test_a_body_that_is_of_no_callback_is_refused(client, quiet, change):
    sentence(client.post("/_dash-update-component", json=CSV | change), 400)


@examples(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*GOOD, "_dash-update-component"]), st.data())
def test_no_body_is_a_mistake_of_ours(client, path, data):
    good = GOOD.get(path) or data.draw(st.sampled_from([OPEN, CSV]))
    name = data.draw(st.sampled_from(sorted(good)))
    with client.post(
        f"/{path}", data=json.dumps(good | {name: data.draw(JSON)}), content_type="application/json"
    ) as answer:  # which may be the study itself, from a file that is closed with it
        assert answer.status_code in {200, 204, 400, 404}
        if answer.status_code == 400:
            sentence(answer, 400)
        answer.get_data()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/x", "/x/y", "/metrics/x", "/console", "/_reload-hash", "/_dash-component-suites/os/path",
                                  "/_dash-component-suites/dash/../x", "/assets/x", "/bootstrap/x", "/static/x", "/%00", "/a" * 4000])  # fmt: skip
def test_an_unknown_path_is_not_the_page(client, quiet, method, path):
    answer = getattr(client, method)(path)
    assert answer.status_code in {404, 405}
    sentence(answer, answer.status_code)


def test_an_unknown_path_under_a_prefix_says_where_the_page_is(server, quiet):
    client = server(URL_PREFIX="/reprise/").test_client()
    for path in ("/", "/x", "/reprise/x", "/reprise/x/y", "/reprise/_reload-hash"):
        assert "Reprise is at /reprise/" in sentence(client.get(path), 404)
    assert client.get("/reprise/").status_code == 200


def test_a_mistake_of_ours_is_logged_by_its_places_alone(server, monkeypatch, caplog):
    app = server()

    def fail():
        raise KeyError("P1, born 1970-01-01")

    monkeypatch.setitem(app.view_functions, "health", fail)
    text = sentence(app.test_client().get("/health"), 500)
    assert "tell who runs this server" in text
    (record,) = caplog.records
    assert "1970" not in record.getMessage()
    assert "KeyError in" in record.getMessage()
    assert record.exc_info is None


def test_lines_that_break_off_end_in_a_sentence(caplog):
    from callbacks.resample import whole

    def broken():
        yield "first\n"
        raise KeyError("P1")

    first, last = whole(broken())
    assert first == "first\n"
    assert "Not computed" in json.loads(last)["text"]
    assert "P1" not in caplog.text
