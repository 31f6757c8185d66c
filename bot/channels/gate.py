"""The red-flag gate: what a text alone demands, before lock, store and Rasa are asked.

The rules and the words are those of SafetyPolicy (`bot.knowledge.red_flags`); only their place is different.
"""

from __future__ import annotations

from bot.channels.urgent import URGENT_LEVELS, Message
from bot.clinical import read
from bot.knowledge.red_flags import urgent_answer


def urgent_message(text: str) -> Message | None:
    """The bot message that the most urgent red flag of this text calls for; None without one of L0 to L3."""
    flag = next((flag for flag in read(text).red_flags if flag.level in URGENT_LEVELS), None)
    if flag is None:
        return None
    answer = urgent_answer(flag)
    return {"text": answer.text, "custom": {"type": "red_flag", "level": answer.level, "rule": answer.rule}}
