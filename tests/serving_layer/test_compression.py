"""What is kept of the answers that are sent compressed."""

from flask_compress import Compress

SUITES = "/_dash-component-suites/"
SCRIPT = f"{SUITES}dash/dash-renderer/build/dash_renderer"
GZIP = {"Accept-Encoding": "gzip"}


def kept(client):
    hooks = client.application.after_request_funcs[None]
    return next(hook.__self__.cache for hook in hooks if isinstance(getattr(hook, "__self__", None), Compress))


def test_a_script_is_kept_once_whatever_its_address_says_of_its_version(client):
    before = len(kept(client))
    for address in (".min.js", ".v1m1.min.js", ".v2m2.min.js", ".v1m1.min.js?x=1", ".min.js?x=2"):
        with client.get(SCRIPT + address, headers=GZIP) as answer:
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert len(kept(client)) == before + 1


def test_no_answer_that_may_hold_patients_is_kept_or_given_to_another_question(client):
    before = dict(kept(client))
    for path, asked in (("marks", {"views": ["pasi"]}), ("redraw", {"drawn": {}})):
        whole, part = (
            client.post(
                f"/{path}?{SCRIPT}.min.js", json={"study": "case-series", "query": query, **asked}, headers=GZIP
            )
            for query in ({}, {"patients": ["P1"]})
        )
        assert whole.status_code == part.status_code == 200
        assert whole.data != part.data
    for address in (f"/_dash-layout?{SUITES}", f"/_dash-dependencies?fingerprinted_path={SUITES}"):
        client.get(address, headers=GZIP).close()
    assert kept(client) == before
