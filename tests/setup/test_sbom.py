"""The list of parts: complete by the lock, the same bytes each time, without an address of a package index.

Reading the lock with cyclonedx-py takes half a minute, so `make check-deploy` does it; other runs try our part of it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tools import sbom

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.txt").read_text()


def as_written(name: str, version: str, digests: list[str]) -> dict[str, Any]:
    """A part as cyclonedx-py writes it."""
    return {
        "bom-ref": f"requirements-L{len(name)}",
        "description": f"requirements line 1: {name}=={version}",
        "externalReferences": [
            {
                "comment": "implicit dist url",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
                "type": "distribution",
                "url": "https://index.example/simple/",
            }
        ],
        "name": name,
        "purl": f"pkg:pypi/{name}@{version}",
        "type": "library",
        "version": version,
    }


def test_in_our_form() -> None:
    tools = {"components": [{"name": "cyclonedx-py", "externalReferences": [{"url": "https://index.example/x"}]}]}
    listed = sbom.in_our_form(
        {
            "components": [as_written("rasa", "3.6.21", ["bb", "aa"]), as_written("lark", "1.1", ["cc"])],
            "dependencies": [{"ref": "requirements-L4"}],
            "metadata": {"tools": tools},
        }
    )
    assert [part["bom-ref"] for part in listed["components"]] == ["pkg:pypi/lark@1.1", "pkg:pypi/rasa@3.6.21"]
    assert "https://" not in json.dumps(listed)
    assert [one["content"] for one in listed["components"][1]["externalReferences"][0]["hashes"]] == ["aa", "bb"]
    assert listed["dependencies"] == [{"ref": "pkg:pypi/lark@1.1"}, {"ref": "pkg:pypi/rasa@3.6.21"}]


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    if os.environ.get("CHECK_DEPLOY") != "yes":
        pytest.skip("slow: make check-deploy")
    found = sbom.parts(sbom.ENVIRONMENT, sbom.LOCK)
    sbom.check(sbom.ENVIRONMENT, json.dumps(found))
    return found


def test_every_locked_package_is_a_part_with_every_digest_of_the_lock(listed: dict[str, Any]) -> None:
    locked = {
        f"pkg:pypi/{found[1]}@{found[2]}": set(re.findall(r"sha256:([0-9a-f]{64})", found[0]))
        for found in re.finditer(r"^([a-z0-9._-]+)==(\S+)[^\n]*\n(?:    [^\n]*\n?)+", LOCK, re.MULTILINE)
    }
    assert len(locked) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))
    told = {
        part["purl"]: {digest["content"] for one in part["externalReferences"] for digest in one["hashes"]}
        for part in listed["components"]
    }
    assert told == locked


def test_it_holds_no_time_no_number_and_no_address(listed: dict[str, Any]) -> None:
    text = json.dumps(listed)
    assert "serialNumber" not in listed
    assert "timestamp" not in listed["metadata"]
    assert re.findall(r"https?://[^\"]*", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
