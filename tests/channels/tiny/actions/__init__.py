"""Actions that answer, fail with the person's words in the error, and take longer than the channel waits."""

import asyncio

from rasa_sdk import Action


class Fine(Action):
    def name(self):
        return "action_fine"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text=f"Done: {tracker.latest_message['text']}", json_message={"type": "answer"})
        return []


class Fail(Action):
    def name(self):
        return "action_fail"

    def run(self, dispatcher, tracker, domain):
        raise ValueError(f"cannot handle {tracker.latest_message['text']!r}")


class Slow(Action):
    def name(self):
        return "action_slow"

    async def run(self, dispatcher, tracker, domain):
        await asyncio.sleep(2.5)
        dispatcher.utter_message(text="Late, but here.")
        return []
