"""Names and lengths of time as a read-back says them; the words themselves are in ``wording.yml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge import load
from bot.reading import Exposure, Finding, Profile, Reading

WORDING_FILE = Path(__file__).with_name("wording.yml")
LONGEST_OWN_WORDS = 3  # a denied symptom is read back in the person's own words if they are few
WHOLE_WITHIN = 0.07  # of the length: 45 days are six weeks, 13 days are not two


@cache
def words() -> Mapping[str, Any]:
    """The contents of ``wording.yml``."""
    return dict(yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8")))


def duration(days: float) -> str:
    """A length of time in words, in the longest unit that fits: 42 days are "six weeks", 13 are "13 days"."""
    for unit in words()["units"]:
        count = round(days / unit["days"])
        if count >= unit["from"] and abs(count * unit["days"] - days) <= WHOLE_WITHIN * days:
            return f"{number(count)} {unit['one'] if count == 1 else unit['many']}"
    return str(words()["under"])


def number(count: int) -> str:
    """Small numbers as a word, others as digits."""
    return str(words()["numbers"][count]) if count < len(words()["numbers"]) else str(count)


def joined(items: Iterable[str], kind: str = "items") -> str:
    """Joined by the joiner of that kind, empty ones left out."""
    return str(words()["joiners"][kind]).join(item for item in items if item)


def noted(reading: Reading) -> str:
    """A read-back: "muscle twitching - calf - six weeks; no cramps; night work, vegan diet". Empty for nothing."""
    findings = [finding(item, reading.profile) for item in _there_first(reading.findings)]
    exposures = [exposure(item, reading.profile) for item in reading.exposures]
    return joined([*findings, joined(exposures)], "groups")


def finding(item: Finding, profile: Profile) -> str:
    """One finding with place and duration, its status said; empty for a merely feared one."""
    template = words()["finding"].get(item.status)
    if template is None:
        return ""
    name = _lowered(load().concepts[item.concept].name) if item.concept in load().concepts else item.span
    if item.status == "absent":
        return _denied(item, name)
    where = place(item)
    parts = [template.format(name=name, whose=_whose(profile)), "" if where in name else where]
    return joined([*parts, duration(item.duration_days) if item.duration_days is not None else ""], "parts")


def _denied(item: Finding, name: str) -> str:
    """In the person's own words if they are few; empty for what was only tapped away."""
    if not item.span:
        return ""
    own = item.span if len(item.span.split()) <= LONGEST_OWN_WORDS else name
    return str(words()["finding"]["absent"].format(name=own.casefold()))


def place(item: Finding) -> str:
    """Where: "left calf", "both sides, calf and foot"; empty if not known."""
    where = joined(item.body)
    if item.side is None:
        return where
    return str(words()["side"][item.side].format(place=where)) if where else str(words()["side_alone"][item.side])


def exposure(item: Exposure, profile: Profile) -> str:
    """One exposure by its short name; empty for a denied or merely feared one."""
    template = words()["exposure"].get(item.status)
    if template is None or item.exposure not in load().exposures:
        return ""
    return str(template.format(name=exposure_name(item.exposure), whose=_whose(profile)))


def exposure_name(name: str) -> str:
    """An exposure's short name by its id: "little daylight"; the id itself if it is not known."""
    known = load().exposures.get(name)
    return str(words()["exposures"].get(name) or (_lowered(known.name) if known else name))


def corrections(kind: str, item: str, name: str) -> dict[str, str]:
    """The messages that correct something noted, by what they change; ``{place}`` and ``{duration}`` stay open.

    Without ``remove`` where no denial of it would be read.
    """
    plain = _lowered(name.partition(" (")[0])
    said = {what: text.replace("{name}", plain) for what, text in words()["corrections"][kind].items()}
    said["remove"] = words()["removals"].get(item, said["remove"])
    return {what: text for what, text in said.items() if text}


def decisive(names: Iterable[str], reading: Reading) -> str:
    """What decided, by its names in the evidence base, said as in a read-back wherever the reading holds it."""
    said = {load().concepts[f.concept].name: finding(f, reading.profile) for f in reading.findings}
    said |= {load().exposures[e.exposure].name: exposure(e, reading.profile) for e in reading.exposures}
    return joined((said.get(name) or _lowered(name) for name in names), "groups")


def marks(sources: Sequence[str], cited: list[str]) -> str:
    """The numbers of these sources, "[1] [2]"; sources that were not cited yet are added to ``cited``."""
    cited.extend(source for source in sources if source not in cited)
    numbers = sorted(cited.index(source) + 1 for source in sources)
    return " ".join(words()["mark"].format(number=place) for place in numbers)


def sources(cited: Sequence[str]) -> str:
    """The cited sources in full, one a line."""
    known = load().sources
    lines = [words()["source"].format(number=n, text=known[i].text) for n, i in enumerate(cited, 1) if i in known]
    return "\n".join(lines)


def _there_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda item: item.status == "absent")


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _whose(profile: Profile) -> str:
    whose = words()["whose"]
    return str(whose["known"].format(relation=profile.relation) if profile.relation else whose["unknown"])
