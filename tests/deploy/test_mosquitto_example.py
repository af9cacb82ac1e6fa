"""The broker's example files are what the product writes, and its script gives working ones."""

import subprocess
import sys
from pathlib import Path

from edge.broker.mosquitto import MosquittoFiles, acl_text, mosquitto_conf
from tests.architecture.source import ROOT

_SCRIPT = ROOT / "deploy" / "write_mosquitto_files.py"


def _write(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_SCRIPT), str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_example_files_are_what_the_product_writes() -> None:
    files = MosquittoFiles(Path("/var/lib/vizium-broker"))

    examples = {path.name: path.read_text() for path in (ROOT / "deploy/mosquitto").glob("[am]*")}

    assert examples == {
        "acl": acl_text(),
        "mosquitto.conf": mosquitto_conf(files, port=1883, host="0.0.0.0"),
    }


def test_script_keeps_a_password_when_a_device_is_added(tmp_path: Path) -> None:
    first = _write(tmp_path)
    kept = (tmp_path / "passwords").read_text()

    second = _write(tmp_path, "--device", "ex-041")

    assert "password vizium-hub " in first.stdout
    assert "vizium-hub" not in second.stdout
    assert (tmp_path / "passwords").read_text().startswith(kept + "ex-041:$7$")


def test_script_refuses_a_name_that_would_be_another_line(tmp_path: Path) -> None:
    refused = _write(tmp_path, "--device", "ex-041\nvizium-hub")

    assert refused.returncode == 1
    assert list(tmp_path.iterdir()) == []
