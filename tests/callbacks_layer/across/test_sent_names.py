"""A study.toml that is sent opens nothing on the server but what was sent with it."""

import io
import json
import tempfile
import zipfile

import pytest

from app import create_app

pytestmark = pytest.mark.process

CANARY = "patient_id,week,pasi\nCANARY,0,20\nCANARY,4,5\n"
COLUMNS = 'columns = { patient_id = "patient_id", week = "week", pasi = "pasi" }'
FORMS = {
    "a table": '[tables]\npasi = "{}"\n',
    "an inline source": f'sources = [{{{{file = "{{}}", table = "pasi", {COLUMNS.replace("{", "{{").replace("}", "}}")}}}}}]',
}


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A worker of a server beside a folder of somebody else's patients."""
    monkeypatch.delenv("STUDY", raising=False)
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    for name in ("temporary", "others"):
        (tmp_path / name).mkdir()
    (tmp_path / "others" / "pasi.csv").write_text(CANARY)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return create_app().server.test_client()


def zipped(toml):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        parts.writestr("study.toml", toml)
    return content.getvalue()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["{home}/others/pasi.csv", "../../../others/pasi.csv", "{home}/others/none.csv"])
@pytest.mark.parametrize("kind", ["toml", "zip"])
def test_a_study_toml_opens_nothing_that_was_not_sent(client, tmp_path, form, name, kind):
    toml = FORMS[form].format(name.format(home=tmp_path))
    content = toml.encode() if kind == "toml" else zipped(toml)
    reply = client.post("/upload", data={"files": [(io.BytesIO(content), f"study.{kind}")]})
    answer = json.loads(reply.text.splitlines()[-1])
    assert answer["study"] is None
    assert "CANARY" not in reply.text
    assert str(tmp_path) not in reply.text
    assert "found a path, expected the plain name of a file that came with it" in answer["report"]["txt"]
