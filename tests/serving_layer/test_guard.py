"""Who is answered at all: by the name that was asked, by who asks, and on whose behalf."""

import pytest

from serving_layer.answers import sentence

pytestmark = pytest.mark.process

PATHS = ("/", "/health", "/_dash-layout", "/nowhere")
BODY = {"study": "case-series", "query": {}, "views": []}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8050", "127.0.0.1:1", "127.9.9.9", "[::1]:8050", "[::1]"])
def test_loopback_is_answered_by_any_of_its_names(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8050", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "",
     "localhost,evil.example", "localhost@evil.example", "localhost:x", "[::2]", "[evil]", "127.0.0.1:1:2", "a" * 9000],
)  # fmt: skip
def test_another_name_is_refused_everywhere(client, host):
    for path in PATHS:
        assert "ALLOWED_HOSTS" in sentence(client.get(path, environ_overrides={"HTTP_HOST": host}), 400)
    answer = client.post("/marks", json=BODY, environ_overrides={"HTTP_HOST": host})
    assert "ALLOWED_HOSTS" in sentence(answer, 400)


def test_a_name_that_a_proxy_tells_is_not_asked_for(client):
    answer = client.get(
        "/health", headers={"X-Forwarded-Host": "localhost"}, environ_overrides={"HTTP_HOST": "evil.example"}
    )
    sentence(answer, 400)


def test_the_operators_names_are_answered(server):
    client = server(ALLOWED_HOSTS="reprise.example, .clinic.example").test_client()
    asked = {
        host: client.get("/health", headers={"Host": host}).status_code
        for host in ("Reprise.example:443", "a.b.clinic.example", "clinic.example", "xclinic.example", "localhost")
    }
    assert list(asked.values()) == [200, 200, 400, 400, 200]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8051"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "file://localhost"},
        {"Origin": "http://["},
    ],
)
@pytest.mark.parametrize("path", ["/marks", "/upload", "/forget", "/_dash-update-component", "/nowhere"])
def test_what_another_web_site_sends_is_refused(client, path, headers):
    assert "another web site" in sentence(client.post(path, json=BODY, headers=headers), 403)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://LOCALHOST:80"},
        {"Origin": "https://localhost"},
        {"Origin": "https://localhost:8050", "Host": "localhost:8050"},
    ],
)
def test_the_page_and_a_script_are_answered(client, headers):
    assert client.post("/marks", json=BODY, headers=headers).status_code == 200


def test_a_link_from_another_web_site_opens_the_page(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1", "unknown"])
def test_another_machine_is_refused_whatever_the_server_is_bound_to(server, peer):
    asked = {"environ_overrides": {"REMOTE_ADDR": peer}}
    closed = server().test_client()
    assert "There is no login" in sentence(closed.get("/health", **asked), 403)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
def test_this_machine_and_its_sockets_are_answered(client, peer):
    assert client.get("/health", environ_overrides={"REMOTE_ADDR": peer}).status_code == 200
