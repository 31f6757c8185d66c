"""Whom a text is about: the writer, their child or baby, or somebody else; their age and pregnancy.

The subject is the writer unless the complaint is mainly somebody else's: a person named by relation, or "he" and "she",
is said to have something, and the writer is not. An age counts for the person it stands beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clinical.ages import Age, PersonWords, find_ages, person_words, pregnancy_weeks
from bot.clinical.tokens import Token
from bot.reading import About, Profile

ADULT_FROM_YEARS = 18
INFANT_BELOW_YEARS = 1.0
# How many words may stand between a person and the age that is theirs.
BESIDE = 4
MAX_ADJECTIVES = 9


@dataclass(frozen=True)
class _Person:
    """Somebody named at tokens ``[start, end)``; ``subject`` when something is said of their health."""

    relation: str
    start: int
    end: int
    subject: bool


def find_profile(tokens: Sequence[Token], text: str) -> Profile:
    """About whom, which relation, how old (years), how many weeks pregnant; the dose is read elsewhere."""
    words = person_words()
    norms = [token.norm for token in tokens]
    ages = find_ages(tokens, norms, words)
    people = _people(norms, words) or _unnamed_children(norms, ages, words)
    person, spoken_of = _subject(norms, people, words)
    if person is None and not spoken_of:
        return Profile(age=_own_age(ages, people), pregnancy_weeks=pregnancy_weeks(tokens, norms, words))
    age = _age_of(person, ages, people)
    relation = person.relation if person else None
    if person and age is None and norms[person.start] in words.sets["newborn"]:
        age = 0.0
    about = _about(relation, age, words)
    return Profile(about, relation, age, pregnancy_weeks(tokens, norms, words))


def _about(relation: str | None, age: float | None, words: PersonWords) -> About:
    if (age is not None and age < INFANT_BELOW_YEARS) or (age is None and relation in words.infants):
        return "infant"
    if age is not None:
        return "child" if age < ADULT_FROM_YEARS else "other"
    return "child" if relation in words.young else "other"


def _subject(norms: list[str], people: list[_Person], words: PersonWords) -> tuple[_Person | None, bool]:
    """The person the complaint is about, and whether it is anybody but the writer."""
    subjects = [person for person in people if person.subject]
    own = _own_complaints(norms, words)
    others = len(subjects)
    pronouns = sum(
        norm in words.sets["third_person"] and _at(norms, i + 1) in words.sets["third_predicates"]
        for i, norm in enumerate(norms)
    )
    if others and (not own or others + pronouns > own):
        return subjects[0], True
    if people and pronouns and pronouns > own:
        return people[0], True
    return None, bool(pronouns and not own and not people)


def _own_complaints(norms: list[str], words: PersonWords) -> int:
    """How often the writer speaks of their own body."""
    count = 0
    for i, norm in enumerate(norms):
        following = _at(norms, i + 1)
        if norm == "i" and following in words.sets["first_person"]:
            count += _at(norms, i + 2) not in words.sets["worried"]
        elif norm == "my" and following in words.sets["own_body"]:
            count += 1
    return count


def _people(norms: list[str], words: PersonWords) -> list[_Person]:
    found: list[_Person] = []
    for place, norm in enumerate(norms):
        for row, relation in words.relations.get(norm, ()):
            if tuple(norms[place : place + len(row)]) == row and not (found and place < found[-1].end):
                owner = _owner(norms, place, words)
                if owner or (place == 0 and relation != "partner") or relation == "patient":
                    end = place + len(row)
                    found.append(_Person(relation, place, end, _is_subject(norms, place, end, words)))
                break
    return found


def _unnamed_children(norms: list[str], ages: list[Age], words: PersonWords) -> list[_Person]:
    """ "my 6-month-old is floppy", "a 3 year old who": a child known by the age alone."""
    found = []
    for age in ages:
        owned = _at(norms, age.start - 1) in words.sets["own"] or _at(norms, age.start - 2) in ("have", "has")
        follows = _at(norms, age.end) in words.sets["predicates"] or age.end >= len(norms)
        if owned and follows and age.years < ADULT_FROM_YEARS and norms[age.end - 1] in words.sets["old"]:
            found.append(_Person("baby" if age.years < INFANT_BELOW_YEARS else "child", age.start, age.end, True))
    return found


def _owner(norms: list[str], place: int, words: PersonWords) -> bool:
    """ "my", "our" before the person, with adjectives and an age between."""
    for back in range(place - 1, max(-1, place - 1 - MAX_ADJECTIVES), -1):
        if norms[back] in words.sets["own"]:
            return True
        if norms[back] not in words.sets["adjectives"] and not norms[back].isdecimal():
            return norms[back] in words.numbers
    return False


def _is_subject(norms: list[str], start: int, end: int, words: PersonWords) -> bool:
    after = norms[end : end + 3]
    if words.sets["not_clinical"] & {*after[:2]}:
        return False
    if after and after[0] in words.sets["predicates"] | words.sets["old"]:
        return True
    return (bool(after) and after[0].isdecimal()) or _at(norms, start - 2) == "for" or not after


def _own_age(ages: list[Age], people: list[_Person]) -> float | None:
    for age in ages:
        if age.owner == "self" or (age.owner == "open" and not _person_beside(age, people)):
            return age.years
    return None


def _age_of(person: _Person | None, ages: list[Age], people: list[_Person]) -> float | None:
    open_ages = [age for age in ages if age.owner != "self"]
    if person:
        for age in open_ages:
            if _beside(age, person):
                return age.years
    for age in open_ages:
        beside = _person_beside(age, people)
        if age.owner == "he" and (beside is None or beside == person):
            return age.years
    free = [age for age in open_ages if _person_beside(age, people) is None]
    return free[0].years if free else None


def _person_beside(age: Age, people: list[_Person]) -> _Person | None:
    return next((person for person in people if _beside(age, person)), None)


def _beside(age: Age, person: _Person) -> bool:
    inside = person.start <= age.start < person.end
    return inside or 0 <= age.start - person.end <= BESIDE or 0 <= person.start - age.end <= BESIDE - 1


def _at(norms: Sequence[str], place: int) -> str:
    return norms[place] if 0 <= place < len(norms) else ""
