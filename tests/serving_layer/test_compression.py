"""Files are compressed once; answers that may hold patients anew, and none of it is kept."""

import brotli
import pytest

from serving.compression import CODINGS, _compressed

SUITES = "/_dash-component-suites/"
SCRIPT = f"{SUITES}dash/dash-renderer/build/dash_renderer"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_script_is_compressed_once_whatever_its_address_says_of_its_version(client, coding):
    sent = {"Accept-Encoding": coding}
    client.get(f"{SCRIPT}.min.js", headers=sent).close()
    before = _compressed.cache_info()
    for address in (".min.js", ".v1m1.min.js", ".v2m2.min.js", ".v1m1.min.js?x=1", ".min.js?x=2"):
        with client.get(SCRIPT + address, headers=sent) as answer:
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, coding)
            assert "Accept-Encoding" in answer.headers["Vary"]
    after = _compressed.cache_info()
    assert (after.currsize, after.hits) == (before.currsize, before.hits + 5)


def test_what_is_compressed_is_the_file(client):
    with (
        client.get(f"{SCRIPT}.min.js") as plain,
        client.get(f"{SCRIPT}.min.js", headers={"Accept-Encoding": "br"}) as packed,
    ):
        assert "Content-Encoding" not in plain.headers
        assert brotli.decompress(packed.data) == plain.data


def test_no_answer_that_may_hold_patients_is_kept_or_given_to_another_question(client):
    sent = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    client.get("/_dash-layout", headers=sent).close()  # the first page of a study that the server was started with
    before = _compressed.cache_info().currsize
    for path, asked in (("marks", {"views": ["pasi"]}), ("redraw", {"drawn": {}})):
        whole, part = (
            client.post(
                f"/{path}?{SCRIPT}.min.js", json={"study": "case-series", "query": query, **asked}, headers=sent
            )
            for query in ({}, {"patients": ["P1"]})
        )
        assert whole.status_code == part.status_code == 200
        assert whole.headers["Content-Encoding"] == "br"
        assert whole.data != part.data
    for address in (f"/_dash-layout?{SUITES}", f"/_dash-dependencies?fingerprinted_path={SUITES}"):
        client.get(address, headers=sent).close()
    assert _compressed.cache_info().currsize == before
