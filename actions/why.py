"""Why: the rule that decided, what it saw, and the sources behind it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import slots, wording
from actions.base import CarefulAction, Events, talk_of
from actions.say import assessment_of
from bot.knowledge import load
from bot.reading import RedFlag
from bot.talk import Talk


class ActionWhy(CarefulAction):
    """Explains the last thing that was decided: an urgent answer, a question, a result, or an answer."""

    def name(self) -> str:
        """As in the domain."""
        return "action_why"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One message."""
        talk = talk_of(tracker)
        question = talk.question
        cited = tracker.slots.get(slots.CITED) or []
        if talk.red_flag is not None:
            _urgent(dispatcher, RedFlag.from_dict(talk.red_flag))
        elif question is not None:
            dispatcher.utter_message(response=f"utter_why_{question.slot}")
        elif talk.result_given:
            _result(dispatcher, talk, cited)
        elif cited:
            dispatcher.utter_message(response="utter_why_answer", sources=wording.sources(cited))
        else:
            dispatcher.utter_message(response="utter_why_nothing")
        return []


def _urgent(dispatcher: CollectingDispatcher, flag: RedFlag) -> None:
    if flag.learned:
        dispatcher.utter_message(response="utter_why_learned", why=load().learned_why)
        return
    rule = load().red_flags[flag.id]
    cited: list[str] = []
    wording.marks(rule.sources, cited)
    dispatcher.utter_message(
        response="utter_why_red_flag",
        rule=rule.id,
        title=rule.title,
        why=wording.without_vitamin_d(rule.why),
        sources="\n".join(map(wording.without_vitamin_d, wording.sources(cited).splitlines())).strip(),
    )


def _result(dispatcher: CollectingDispatcher, talk: Talk, cited: list[str]) -> None:
    assessment = assessment_of(talk)
    ladder = load().ladder
    basis = next(rule.basis for rule in ladder.rules if rule.id == assessment.rule)
    dispatcher.utter_message(
        response="utter_why_result_because" if assessment.because else "utter_why_result",
        tier=ladder.tiers[assessment.tier].name,
        rule=assessment.rule,
        because=wording.decisive(assessment.because, talk.case),
        reason=assessment.reason,
        basis=basis,
        sources=wording.sources(cited),
    )
