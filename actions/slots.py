"""Every slot's name, once. Those of the talk are also the fields of `bot.talk.Talk`; a test keeps the two alike."""

from __future__ import annotations

# What was said, each a list of dicts in the shape of bot.reading
FINDINGS = "findings"
EXPOSURES = "exposures"
SIGNS = "signs"
LAB_RESULTS = "lab_results"
PROFILE = "profile"
DOSES = "doses"  # of vitamin D, IU a day: one for each message that told one

# The main complaint: days, and parts of the body
DURATION = "duration"
LOCATION = "location"
PLACE = "place"  # {"body", "side"}: named alone, before any symptom

# The intake
NEWS = "news"  # what the last message added and has not been read back yet
ASKED = "asked"  # ids of the questions that are settled
PENDING_QUESTION = "pending_question"
MISUNDERSTOOD = "misunderstood"  # answers to the pending question that were none
HEARD = "heard"  # what the last message was, see bot.talk.Heard
LAST_MESSAGE = "last_message"  # id of the message that was merged last
INTAKE_COMPLETE = "intake_complete"
RESULT_GIVEN = "result_given"  # the result of the intake as it stands now
RESULTS = "results"  # how many results were given

RED_FLAG = "red_flag"  # {"id", "level"} of the urgent answer that stands
CONFIRMING = "confirming"  # what a yes would lift it for, see bot.confirming
DEALT_WITH = "dealt_with"  # "RF-08:L3": what the person confirmed that somebody has seen to
HISTORY = "history"  # what was told before each of the last messages, for undoing
# The talk as a whole: fields of bot.talk.Talk up to here

# Filled for the responses, or by the action that has spoken
RED_FLAG_SAY = "red_flag_say"
RED_FLAG_LEVEL = "red_flag_level"
RED_FLAG_RULE = "red_flag_rule"
TAKEN_BACK = "taken_back"  # names of the symptoms that a yes would take out
CITED = "cited"  # what the last answer rests on: source ids in the order of their numbers

OF_THE_TALK = (
    FINDINGS, EXPOSURES, SIGNS, LAB_RESULTS, PROFILE, DOSES, DURATION, LOCATION, PLACE, NEWS, ASKED, PENDING_QUESTION,
    MISUNDERSTOOD, HEARD, LAST_MESSAGE, INTAKE_COMPLETE, RESULT_GIVEN, RESULTS, RED_FLAG,
    CONFIRMING, DEALT_WITH, HISTORY,
)  # fmt: skip
OF_THE_RESPONSES = (RED_FLAG_SAY, RED_FLAG_LEVEL, RED_FLAG_RULE, TAKEN_BACK, CITED)
ALL = (*OF_THE_TALK, *OF_THE_RESPONSES)
