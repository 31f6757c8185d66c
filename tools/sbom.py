"""``make sbom``: the list of parts of what runs, as CycloneDX 1.6: every locked package with all its SHA-256.

    python -m tools.sbom [FILE]        (sbom.cdx.json)

Written by OWASP's ``cyclonedx-py`` from ``requirements.txt`` and then put in our form: names instead of line numbers,
no address of a package index. It holds no time and no serial number: the same lock gives the same bytes. It is made
when it is needed (an image carries its own) and not kept in the repository, so that it cannot be out of date.
Exit status 1 with the reason if it cannot be made or does not hold to the CycloneDX schema.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools import deploy_tools
from tools.environments import ROOT, MissingError, last_line, made

ENVIRONMENT, ENVIRONMENT_LOCK = deploy_tools.TOOLS, deploy_tools.TOOLS_LOCK
LOCK = ROOT / "requirements.txt"
FILE = "sbom.cdx.json"
VERSION = "1.6"
PROGRAM = "vitamin-d-symptom-bot"
CHECK = f"""
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
found = JsonStrictValidator(SchemaVersion.V{VERSION.replace(".", "_")}).validate_str(sys.stdin.read())
sys.exit(None if found is None else str(found)[:500])
"""


def parts(place: Path, lock: Path) -> dict[str, Any]:
    """The list of parts of a lock file; ``place`` is the environment that holds cyclonedx-py."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        command: list[str | Path] = [
            place / "bin" / "cyclonedx-py",
            "requirements",
            "--output-reproducible",
            "--no-validate",
        ]
        _run([*command, "--sv", VERSION, "--output-format", "JSON", "--output-file", file, lock])
        return in_our_form(json.loads(file.read_text(encoding="utf-8")))


def in_our_form(listed: dict[str, Any]) -> dict[str, Any]:
    """Each part named by its package URL, its hashes under an address that every registry and mirror shares."""
    for part in listed["components"]:
        part["bom-ref"] = part["purl"]
        del part["description"]
        for reference in part["externalReferences"]:
            reference["url"] = part["purl"]
            reference["comment"] = "the files that the lock allows"
            reference["hashes"].sort(key=lambda digest: digest["content"])
    listed["components"].sort(key=lambda part: part["bom-ref"])
    listed["dependencies"] = [{"ref": part["bom-ref"]} for part in listed["components"]]
    for tool in listed["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    listed["metadata"]["component"] = {"type": "application", "bom-ref": PROGRAM, "name": PROGRAM}
    return listed


def check(place: Path, text: str) -> None:
    """MissingError unless the text holds to the CycloneDX schema."""
    _run([place / "bin" / "python", "-c", CHECK], text)


def _run(command: list[str | Path], text: str = "") -> None:
    done = subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingError(last_line(done.stderr))


def main() -> int:
    """Write the list; see the module for the exit status."""
    file = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / FILE)
    try:
        place = made(ENVIRONMENT, ENVIRONMENT_LOCK)
        listed = parts(place, LOCK)
        text = json.dumps(listed, indent=1) + "\n"
        check(place, text)
    except MissingError as reason:
        print(f"sbom: {reason}", file=sys.stderr)
        return 1
    file.write_text(text, encoding="utf-8")
    print(f"sbom: {len(listed['components'])} parts in {file.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
