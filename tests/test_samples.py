"""What docs/samples gives to administrators is what this version takes; its nginx is started in serving_layer/across."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from browser.serving import OURS, ROOT, serving
from data.settings import SETTINGS, wrong_settings

SAMPLES = ROOT / "docs" / "samples"
UNITS = ("reprise.service", "reprise-queue.service")
EXPOSURE = 20
"""Tenths of what `systemd-analyze security` calls the exposure level, of which 100 is the worst; docs/serving.md says it."""
ANALYZE = shutil.which("systemd-analyze")
without_systemd = pytest.mark.skipif(
    not ANALYZE, reason="there is no systemd-analyze on this machine (Debian: systemd)"
)


def stated(text):
    """Variable -> value of an environment file, those that are commented out too."""
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_the_sample_settings_are_ours_and_possible(monkeypatch):
    found = stated((SAMPLES / "environment").read_text())
    assert set(found) - set(SETTINGS) == {"OMP_NUM_THREADS"}
    for name in SETTINGS:
        monkeypatch.setenv(name, found.get(name, ""))
    assert wrong_settings() == []


def test_the_containers_get_settings_that_are_ours_and_write_nowhere_else():
    composed = yaml.safe_load((SAMPLES / "compose.yaml").read_text())
    for name in ("server", "queue"):
        service = composed["services"][name]
        assert set(service["environment"]) <= set(SETTINGS)
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert composed["services"]["server"]["ports"] == ["127.0.0.1:8050:8050"], "only this machine's proxy reaches it"
    assert "ports" not in composed["services"]["redis"]


def test_the_image_installs_the_lock_by_its_hashes_and_is_nobody():
    text = (SAMPLES / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert {".git", ".venv"} <= set((SAMPLES / "Dockerfile.dockerignore").read_text().splitlines())


@pytest.mark.process
def test_the_images_health_check_sees_a_server_below_its_prefix_and_that_there_is_none(tmp_path):
    code = re.search(r'CMD python -c "(.*?)"$', (SAMPLES / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)[1]
    env = {"URL_PREFIX": "/reprise/", "UPLOADS": str(tmp_path / "uploads")}
    with serving(env=env) as served:
        there = checked(code, {**env, "PORT": served.url.split(":")[2].split("/")[0]})
    assert there == 0
    assert checked(code, {**env, "PORT": "1"}) != 0


def checked(code, env):
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    command = ["python3", "-c", code.replace("\\\n", "")]
    return subprocess.run(command, env={**inherited, **env}, capture_output=True, check=False).returncode


def test_both_units_are_bounded_alike():
    bounds = [text.partition("\nNoNewPrivileges")[2] for text in ((SAMPLES / unit).read_text() for unit in UNITS)]
    assert bounds[0] == bounds[1]
    assert len(bounds[0].splitlines()) > 20


@without_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_a_unit_and_finds_it_little_exposed(unit, tmp_path):
    place = tmp_path / unit
    place.write_text((SAMPLES / unit).read_text().replace("/opt/reprise", str(ROOT)))
    took = subprocess.run([ANALYZE, "verify", str(place)], capture_output=True, text=True, check=False)
    assert (took.returncode, [line for line in took.stderr.splitlines() if unit in line]) == (0, [])
    command = [ANALYZE, "security", "--offline=yes", f"--threshold={EXPOSURE}", str(place)]
    exposed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout[-300:]
