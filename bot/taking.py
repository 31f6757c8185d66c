"""How much vitamin D is taken, told over several messages: the doses add up. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.phrases import found
from bot.talk import Message, Talk


def added_up(talk: Talk, message: Message) -> tuple[Talk, Message]:
    """The talk with the dose that the message tells, and the message with all that is taken.

    A dose told again is the same one, unless it is said to come on top; one that is put right takes the place of the
    last. When in doubt it counts: too high a sum is asked about, too low a one hides an overdose.
    """
    profile = message.reading.profile
    told, before = profile.supplement_iu_day, known_doses(talk)
    if told is None:
        return talk, message
    if found(message.text, "in_all"):
        doses = [told]
    elif found(message.text, "on_top"):
        doses = [*before, told]
    elif before and found(message.text, "dose_put_right"):
        doses = [*before[:-1], told]
    else:
        doses = before if told in before else [*before, told]
    profile = replace(profile, supplement_iu_day=round(sum(doses), 1))
    return replace(talk, doses=doses), replace(message, reading=replace(message.reading, profile=profile))


def known_doses(talk: Talk) -> list[float]:
    """The doses behind the sum that stands; after an undoing the sum itself."""
    total = talk.case.profile.supplement_iu_day
    return talk.doses if total is not None and round(sum(talk.doses), 1) == total else [total] if total else []
