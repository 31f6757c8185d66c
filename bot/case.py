"""A reading as Rasa entities, and back: how findings travel through the tracker without loss.

One entity per finding, duration, exposure, sign, red flag and lab result, and one for the profile
where anything is known of it. Only what is stated and current has no ``role``: a denied, past,
feared or somebody else's mention carries its status as ``role``, so no ``from_entity`` slot mapping
can take it for a present one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.reading import Profile, Reading

PRESENT = "present"

# Entity type -> the field of a Reading that holds such items, and the item's field that is the entity's value.
KINDS: dict[str, tuple[str, str]] = {
    "finding": ("findings", "concept"),
    "duration": ("durations", "days"),
    "exposure": ("exposures", "exposure"),
    "sign": ("signs", "sign"),
    "red_flag": ("red_flags", "id"),
    "lab_result": ("lab_results", "test"),
}
PROFILE = "profile"
ENTITY_TYPES: tuple[str, ...] = (*KINDS, PROFILE)


def to_entities(reading: Reading) -> list[dict[str, Any]]:
    """The entities of a reading, JSON-ready.

    Each is ``{"entity", "value", "start", "end", "reading"}`` and, unless the status is present, ``"role"``.
    ``value`` is the concept, exposure, sign, rule or test id, the days of a duration, or whom the profile is
    about; ``reading`` is the whole item. Offsets are those of the item, 0 where it has none.
    """
    entities = [
        _entity(kind, getattr(item, value), item.to_dict())
        for kind, (items, value) in KINDS.items()
        for item in getattr(reading, items)
    ]
    if reading.profile != Profile():
        entities.append(_entity(PROFILE, reading.profile.about, reading.profile.to_dict()))
    return entities


def reading_of(entities: Iterable[Mapping[str, Any]]) -> Reading:
    """The reading that ``to_entities`` turned into these entities; entities of other extractors are passed over."""
    ours = [entity for entity in entities if isinstance(entity.get("reading"), Mapping)]
    data: dict[str, Any] = {
        items: [entity["reading"] for entity in ours if entity["entity"] == kind] for kind, (items, _) in KINDS.items()
    }
    data[PROFILE] = next((entity["reading"] for entity in reversed(ours) if entity["entity"] == PROFILE), None)
    return Reading.from_dict(data)


def _entity(kind: str, value: Any, item: dict[str, Any]) -> dict[str, Any]:
    entity = {"entity": kind, "value": value, "start": item.get("start", 0), "end": item.get("end", 0), "reading": item}
    status = item.get("status", PRESENT)
    return entity if status == PRESENT else {**entity, "role": status}
