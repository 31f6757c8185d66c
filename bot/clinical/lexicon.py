"""The word lists, compiled: which words mean which symptom, place, exposure, sign or cue.

Loaded from ``bot/clinical/data/*.yml`` (or from a copy inside a trained model). A broken list is refused
with the file, the line and what is wrong.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical.matcher import Matcher
from bot.clinical.patterns import Compiler, Pattern, PatternError
from bot.clinical.place_units import Linking
from bot.clinical.spelling import Speller
from bot.clinical.tokens import tokenize
from bot.clinical.wordlists import DATA, LINE, LexiconError, checked, digest, items, load_words, plain

ENTRY_FILES = {"symptoms": "concept", "exposures": "exposure", "signs": "sign"}  # "symptoms_pain.yml" holds concepts
ENTRY_KEYS = {"not", "example", "body", "families", "lasting", "status"}
CONTEXT_KEYS: dict[str, set[str]] = {
    "absent": {
        "before", "after", "pseudo", "skipped", "denial_ends", "denial_stops", "answer_links", "answer_ends", "asked",
        "asked_answers", "answers_alone", "later",
    },
    "past": {
        "anymore", "before", "after", "treatment", "treatment_after", "overall", "returned", "returned_unless_other",
        "clause_marks", "undone_by", "inside", "subject_opens", "summing",
    },
    "hypothetical": {"before", "after", "pseudo", "weak", "own", "owned", "asked_of"},
    "other_people": {
        "relations", "pronouns", "self", "professionals", "animals", "things", "owners", "speakers", "possessives",
        "own_roles_after", "speech",
    },
    "course": {"worse", "better", "same"},
    "onset": {"sudden", "hours_days", "gradual"},
    "questions": {"openers", "general", "pointing", "inverted", "with_subject", "asked_people"},
    "terminators": set(),
}  # fmt: skip
FEELING_KEYS = {"default", "by", "alone_only", "needs_one_side", "ignore_places", "own_place", "along"}


@dataclass(frozen=True)
class Term:
    """What a matched expression is: a concept, exposure, sign, feeling, place, tissue, side or cue."""

    kind: str
    name: str
    status: str | None = None
    body: tuple[str, ...] = ()
    lasting: bool = False
    blocked: bool = False
    trap: str = ""


@dataclass(frozen=True)
class Feeling:
    """A feeling word and the concept that it makes with each place (None: no symptom of this base)."""

    name: str
    default: str | None
    by: Mapping[str, str | None]
    alone_only: bool = False
    needs_one_side: bool = False
    own_place: bool = False
    ignored_places: frozenset[str] = frozenset()
    along: Mapping[str, str] = field(default_factory=dict)  # what it is when it runs down a limb

    def makes(self, concept: str) -> bool:
        """Whether some place, or none, makes this feeling the concept."""
        return concept == self.default or concept in self.by.values()


@dataclass(frozen=True)
class AgeBand:
    """Ages in years, ``low`` included and ``high`` not, that are an exposure of their own."""

    exposure: str
    low: float
    high: float


@dataclass(frozen=True)
class Lexicon:
    """Compiled word lists."""

    patterns: tuple[Pattern, ...]
    matcher: Matcher
    feelings: Mapping[str, Feeling]
    parts: Mapping[str, tuple[str, ...]]
    cues: Mapping[str, Any]
    linking: Linking
    placeless: frozenset[str]
    ignored_places: Mapping[str, frozenset[str]]  # places that a symptom never is at, whichever words tell it
    fillers: frozenset[str]
    vocabulary: frozenset[str]
    age_bands: tuple[AgeBand, ...]
    speller: Speller
    digest: str


class _Builder:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        shared = self._read("families.yml")
        self.fillers, self.articles = _words(shared["fillers"]), _words(shared["articles"])
        self.families: dict[str, list[str]] = plain(shared["families"])
        self.patterns: list[Pattern] = []
        self.placeless: frozenset[str] = frozenset()
        self.compilers: list[Compiler] = []
        self.feelings: dict[str, Feeling] = {}
        self.parts: dict[str, tuple[str, ...]] = {}

    def _read(self, name: str) -> dict[str, Any]:
        return load_words(self.directory / name)

    def build(self) -> Lexicon:
        for path in sorted(self.directory.glob("*_*.yml")):
            kind = ENTRY_FILES.get(path.name.split("_")[0])
            if kind:
                self._entries(path, kind)
        self._places()
        self._feelings()
        cues = self._read("context.yml")
        self._cues(cues)
        matcher = Matcher(self.patterns, fillers=self.fillers, denials=frozenset(cues["absent"]["skipped"]))
        written = frozenset[str]().union(*(compiler.written for compiler in self.compilers))
        return Lexicon(
            patterns=tuple(self.patterns),
            matcher=matcher,
            feelings=self.feelings,
            parts=self.parts,
            cues=cues,
            linking=self.linking,
            placeless=self.placeless,
            ignored_places={f.default: f.ignored_places for f in self.feelings.values() if f.default},
            fillers=self.fillers,
            vocabulary=frozenset(matcher.words),
            age_bands=self._age_bands(),
            speller=Speller(matcher.words, targets=written),
            digest=digest(self.directory),
        )

    def _compiler(self, extra: Mapping[str, list[str]] | None = None) -> Compiler:
        compiler = Compiler({**self.families, **(extra or {})}, fillers=self.articles, cut=tokenize)
        self.compilers.append(compiler)
        return compiler

    def _add(self, compiler: Compiler, path: Path, line: int, source: str, term: Term) -> None:
        try:
            self.patterns.append(compiler.compile(str(source), term, literal=term.blocked or not term.name))
        except PatternError as error:
            raise LexiconError(f"{path.name}, line {line}: {error}") from error

    def _entries(self, path: Path, kind: str) -> None:
        data = self._read(path.name)
        self.placeless |= frozenset(data.get("placeless") or ())
        shared = self._compiler(plain(data.get("families")))
        for item in items(path, data, "entries"):
            line = item[LINE]
            entry = checked(path, item, required={"id", "match"}, allowed=ENTRY_KEYS)
            compiler = (
                self._compiler({**plain(data.get("families")), **plain(entry["families"])})
                if "families" in entry
                else shared
            )
            body, lasting = tuple(entry.get("body") or ()), bool(entry.get("lasting"))
            for source, status in _sources(entry["match"]):
                meaning = Term(kind, entry["id"], status=status or entry.get("status"), body=body, lasting=lasting)
                self._add(compiler, path, line, source, meaning)
            for source, _ in _sources(entry.get("not") or ()):
                self._add(compiler, path, line, source, Term("trap", entry["id"], blocked=True, trap=kind))

    def _age_bands(self) -> tuple[AgeBand, ...]:
        path, data = self.directory / "age_bands.yml", self._read("age_bands.yml")
        rows = (
            checked(path, b, required={"id", "from", "below", "source"}, allowed=set())
            for b in items(path, data, "bands")
        )
        return tuple(AgeBand(row["id"], row["from"], row["below"]) for row in rows)

    def _places(self) -> None:
        path, data = self.directory / "places.yml", self._read("places.yml")
        compiler = self._compiler()
        for kind in ("places", "tissues"):
            for item in items(path, data, kind):
                place = checked(path, item, required={"id", "words"}, allowed={"parts"})
                self.parts[place["id"]] = tuple(place.get("parts") or (() if kind == "tissues" else (place["id"],)))
                for word in place["words"]:
                    term = Term("place" if kind == "places" else "tissue", place["id"])
                    self._add(compiler, path, item[LINE], word, term)
        self.linking = Linking.of(data["linking"], self.fillers, plain(data["limbs"]), plain(data["wholes"]))
        for word in data["ignored"]:
            self._add(compiler, path, data[LINE], word, Term("place", ""))
        for side, words in plain(data["sides"]).items():
            for word in words:
                self._add(compiler, path, data["sides"][LINE], word, Term("side", side))

    def _feelings(self) -> None:
        path, data = self.directory / "feelings.yml", self._read("feelings.yml")
        compiler, groups = self._compiler(), plain(data["groups"])
        for item in items(path, data, "feelings"):
            feeling = checked(path, item, required={"id", "words"}, allowed=FEELING_KEYS)
            by: dict[str, str | None] = {}
            for place, concept in plain(feeling.get("by")).items():
                for member in groups.get(place, [place]):
                    by.setdefault(member, concept)
            self.feelings[feeling["id"]] = Feeling(
                name=feeling["id"],
                default=feeling.get("default"),
                by=by,
                alone_only=bool(feeling.get("alone_only")),
                needs_one_side=bool(feeling.get("needs_one_side")),
                own_place=bool(feeling.get("own_place")),
                ignored_places=frozenset(feeling.get("ignore_places") or ()),
                along=plain(feeling.get("along")),
            )
            for word in feeling["words"]:
                self._add(compiler, path, item[LINE], word, Term("feeling", feeling["id"]))

    def _cues(self, data: dict[str, Any]) -> None:
        path = self.directory / "context.yml"
        checked(path, data, required=set(CONTEXT_KEYS), allowed=set())
        for section, keys in CONTEXT_KEYS.items():
            if not isinstance(data[section], dict) and keys:
                raise LexiconError(f"{path.name}, line {data[LINE]}: {section!r} must be a mapping")
            if keys:
                checked(path, data[section], required=keys, allowed=set())
        # Cues are short and made of the very words that are fillers elsewhere ("is this"): none is left out.
        compiler = Compiler(self.families, fillers=frozenset(), cut=tokenize)
        for kind, name, words in _cue_groups(data):
            for word in words:
                self._add(compiler, path, data[LINE], str(word), Term(kind, name))


def _words(listed: list[str]) -> frozenset[str]:
    return frozenset(token.norm for word in listed for token in tokenize(word.replace("_", " ")))


def _sources(matches: Any) -> Iterator[tuple[str, str | None]]:
    """Wordings with a status of their own come first: of two that fit the same words they are the more exact."""
    for match in sorted(matches, key=lambda match: not isinstance(match, dict)):
        if isinstance(match, dict):
            yield match["pattern"], match.get("status")
        else:
            yield str(match), None


def _cue_groups(data: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    absent = data["absent"]
    for reach, words in plain(absent["before"]).items():
        if reach != "carriers":
            yield "cue", f"absent.{reach}", words
    yield "cue", "absent.after", absent["after"]
    for name in ("pseudo", "asked", "asked_answers", "later"):
        yield "cue", f"absent.{name}", absent[name]
    yield "cue", "past.anymore", data["past"]["anymore"]
    yield "cue", "past.treatment", data["past"]["treatment"]
    yield "cue", "past.treatment_after", data["past"]["treatment_after"]
    for status in ("past", "hypothetical"):
        yield "cue", f"{status}.before", data[status]["before"]
        yield "cue", f"{status}.after", data[status]["after"]
    yield "cue", "past.overall", data["past"]["overall"]
    for name in (
        "past.inside",
        "past.returned",
        "past.returned_unless_other",
        "hypothetical.pseudo",
        "hypothetical.owned",
        "hypothetical.asked_of",
    ):
        section, key = name.split(".")
        yield "cue", name, data[section][key]
    for group in ("relations", "pronouns", "self", "professionals", "animals", "speech"):
        yield "person", group, data["other_people"][group]
    for course, words in plain(data["course"]).items():
        yield "course", course, words
    for onset, words in plain(data["onset"]).items():
        yield "onset", onset, words
    yield "terminator", "terminator", data["terminators"]
    yield "question", "question", data["questions"]["openers"]


def load_lexicon(directory: Path | None = None) -> Lexicon:
    """The compiled word lists of ``directory`` (default: those shipped); ``LexiconError`` when broken."""
    return _load(directory or DATA)


@lru_cache(maxsize=4)
def _load(directory: Path) -> Lexicon:
    """Compiled with the collector at rest: hundreds of thousands of pieces are made, and all of them stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Builder(directory).build()
    finally:
        if collecting:
            gc.enable()
