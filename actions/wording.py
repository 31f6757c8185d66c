"""Names and lengths of time as a read-back says them; the words themselves are in ``wording.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge import load
from bot.knowledge.explain import Link
from bot.reading import Exposure, Finding, Profile, Reading

WORDING_FILE = Path(__file__).with_name("wording.yml")
LONGEST_OWN_WORDS = 3  # a denied symptom is read back in the person's own words if they are few
FEWEST_FREE_WORDS, STEM = 3, 3  # words of a paraphrase; letters by which two words count as the same
DAYS_IN_YEAR = 365
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


def noted_beside_urgent(reading: Reading) -> str:
    """The same, for those who help: exposures in the words that may stand beside an urgent answer."""
    names = words()["urgent_names"]
    there = [item for item in reading.exposures if words()["exposure"].get(item.status) is not None]
    apart = [names[item.exposure] for item in there if item.exposure in names]
    rest = replace(reading, exposures=tuple(item for item in reading.exposures if item.exposure not in names))
    return joined([noted(rest), joined(apart)], "groups")


def told(news: Sequence[Mapping[str, Any]], profile: Profile) -> str:
    """A read-back of what a message added: as ``noted``, with the age and the weeks of pregnancy."""
    aged = any("age" in item for item in news)
    items = [_of_subject(item, profile) for item in news if not (aged and _is_implied(item))]
    reading = Reading(
        findings=tuple(Finding.from_dict(item) for item in items if "concept" in item),
        exposures=tuple(Exposure.from_dict(item) for item in items if "exposure" in item),
        profile=Profile(relation=words()["whose"]["own"]) if profile.about != "self" else profile,
    )
    facts = [_fact(name, item[name]) for item in items for name in words()["facts"] if name in item]
    return joined([noted(reading), joined(facts)], "groups")


def mended(news: Iterable[Mapping[str, Any]], profile: Profile) -> str:
    """What was put right: "muscle cramp - left calf (not right calf)", "tiredness taken out"."""
    spoken = [item for item in news if not ("gone" in item and item["status"] == "absent")]
    return joined((_mended(_of_subject(item, profile), profile) for item in spoken), "groups")


def moved_to(news: Sequence[Mapping[str, Any]], profile: Profile) -> str | None:
    """Whom everything is about now, if that is all that was put right; None otherwise."""
    statuses = {(item["was"]["status"], item["status"]) for item in news if "was" in item}
    if not news or len(statuses) != 1 or statuses.pop() not in (("present", "other"), ("other", "present")):
        return None
    return whom(profile) or str(words()["whom"]["self"]["whom"])


def read_freely(news: Iterable[Mapping[str, Any]]) -> str:
    """What was read out of words that do not name it: "legs like wet spaghetti" as weakness. Empty for plain names."""
    readings = [
        words()["reading"].format(span=item["span"], name=_lowered(load().concepts[item["concept"]].name))
        for item in news
        if item.get("concept") in load().concepts and item["status"] in ("present", "other") and _is_free(item)
    ]
    return joined(readings)


def whom(profile: Profile) -> str | None:
    """Whom the talk is about, "your mother"; None for the writer."""
    return None if profile.about == "self" else _filled(_form(profile)["whom"], profile)


def put_to(text: str, profile: Profile) -> str:
    """A question's text with whom it is about: "How old is your mother?"."""
    form = {name: _filled(value, profile) for name, value in _form(profile).items()}
    return text.format(**form)


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


def other_causes(link: Link) -> Iterator[str]:
    """What else causes a symptom, marked where something that points to it was told."""
    for cause in link.other_causes:
        yield load().ladder.mentioned.format(cause=cause) if cause in link.mentioned else cause


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


def without_vitamin_d(text: str) -> str:
    """The text less the clauses about vitamin D: nothing about it stands beside an urgent answer (interface, 3)."""
    clauses = re.split(r"(?<=[.;])\s+", text)
    return " ".join(clause for clause in clauses if words()["never_beside_urgent"] not in clause.casefold()).rstrip(";")


def _of_subject(item: Mapping[str, Any], profile: Profile) -> Mapping[str, Any]:
    """In a talk about somebody else theirs needs no mark, the writer's own does."""
    marks = {"other": "present", "present": "other"} if profile.about != "self" else {}
    return {**item, "status": marks.get(item["status"], item["status"])} if "status" in item else item


def _is_implied(item: Mapping[str, Any]) -> bool:
    """Whether it is an exposure that only follows from an age that is said beside it."""
    return item.get("exposure") in load().notation.implied_ages


def _form(profile: Profile) -> Mapping[str, str]:
    forms = words()["whom"]
    kind = "self" if profile.about == "self" else "known" if profile.relation else profile.about
    return dict(forms[kind])


def _filled(text: str, profile: Profile) -> str:
    return text.format(relation=profile.relation)


def _fact(name: str, value: float | str) -> str:
    """One fact of the profile; empty for a country of which nothing more is known."""
    if isinstance(value, str):
        shown = words()["countries"].get(value)
        return str(words()["facts"][name].format(value=shown)) if shown else ""
    young = name == "age" and value < 1
    return str(words()["facts"][name].format(value=duration(value * DAYS_IN_YEAR) if young else f"{value:,.10g}"))


def _mended(item: Mapping[str, Any], profile: Profile) -> str:
    if "concept" in item:
        now = finding(Finding.from_dict(item), profile)
    else:
        now = exposure(Exposure.from_dict(item), profile)
    if "gone" in item:
        name = load().concepts[item["concept"]].name if "concept" in item else load().exposures[item["exposure"]].name
        return str(words()["gone"].format(name=_lowered(name)))
    if "concept" not in item:
        return now or str(words()["gone"].format(name=_lowered(load().exposures[item["exposure"]].name)))
    was = _was(Finding.from_dict(item), Finding.from_dict(item["was"]))
    return str(words()["mended"].format(now=now, was=was)) if was and item["status"] != "absent" else now


def _was(now: Finding, was: Finding) -> str:
    """What is no longer so: the place or the length of time before."""
    parts = []
    if (now.side, now.body) != (was.side, was.body):
        parts.append(place(was))
    if was.duration_days is not None and now.duration_days != was.duration_days:
        parts.append(duration(was.duration_days))
    return joined(parts)


def _is_free(item: Mapping[str, Any]) -> bool:
    span = _stems(item["span"])
    return len(item["span"].split()) >= FEWEST_FREE_WORDS and not span & _stems(load().concepts[item["concept"]].name)


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in re.findall(r"\w+", text.casefold()) if len(word) >= STEM}


def _there_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda item: item.status == "absent")


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _whose(profile: Profile) -> str:
    whose = words()["whose"]
    if profile.about == "self" and profile.relation == whose["own"]:
        return str(whose["own"])
    return str(whose["known"].format(relation=profile.relation) if profile.relation else whose["unknown"])
