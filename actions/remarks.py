"""What is said between the read-back and the next question: that an answer was none, or that the talk goes on."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.choices import Question
from bot.talk import CORRECTING_INTENT, SET_ASIDE, Message, Talk


def remarks(talk: Talk, question: Question, message: Message) -> Iterator[str]:
    """Ids of the responses, in order."""
    if talk.heard == "given_up":
        yield "utter_taken_as_not_sure"
    if talk.pending_question is None:
        return
    if talk.heard == "request" or message.intent in SET_ASIDE or talk.heard == "corrected":
        yield "utter_back_to_question"
    elif talk.heard == "nothing" and message.intent == CORRECTING_INTENT:
        yield "utter_correct_how"
    elif talk.heard == "nothing" and talk.misunderstood > 1:
        yield f"utter_why_{question.slot}"
        yield "utter_way_out_of_question"
    elif talk.heard == "told" and not talk.news:  # signs alone change no chip: of them nothing can be read back
        stated = message.reading.findings or message.reading.exposures or message.reading.durations
        yield "utter_heard_but_asked" if stated else "utter_back_to_question"
    elif talk.heard == "nothing":
        yield "utter_which_one" if message.intent == "affirm" and question.kind == "multi" else "utter_not_understood"
