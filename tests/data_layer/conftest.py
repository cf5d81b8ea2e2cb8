"""Small studies written by the tests."""

import pytest

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\nP2,0,30\n"


@pytest.fixture
def folder(tmp_path):
    """Writes files (text or bytes, by name) into a folder and returns it; pasi.csv is there unless it is None."""

    def write(**files):
        home = tmp_path / "study"
        home.mkdir(exist_ok=True)
        for name, content in ({"pasi": PASI} | files).items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (home / (name if "." in name else f"{name}.csv")).write_bytes(raw)
        return home

    return write
