"""What must not stand in any file of the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "a package index": re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|index-url[ =]+\S*:"),
    "a download address": re.compile(r"https?://[^\s\"']+\.(?:whl|tgz|tar\.gz|deb)\b"),
    "somebody's home folder": re.compile(r"(?<![\w.$~{}-])/(?:root|home/[a-z]\w*|Users/\w+)/"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
LARGEST = 400 * 1024


def repository_files() -> list[Path]:
    """Tracked and new files, the ignored ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so the repository's files are not known")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", "replace")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in repository_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]
    assert lines == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a package index", "--index-url" + "=https://host.example/simple"),
        ("a download address", "see https://example.test/some-package" + ".whl"),
        ("somebody's home folder", "open('/home" + "/anna/models/x')"),
        ("somebody's home folder", "cd /root" + "/project"),
    ],
)
def test_the_check_sees(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


def test_no_file_is_larger_than_a_source_file_should_be() -> None:
    large = [str(p.relative_to(ROOT)) for p in repository_files() if p.stat().st_size > LARGEST]
    assert large == []


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
