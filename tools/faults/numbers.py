"""How much the fault suite does: the full numbers, or small ones to try it (``FAULTS=small``); each can be set alone.

``FAULTS_KILLS=20 make test-faults`` sets one of them.
"""

from __future__ import annotations

import os

SIZE_VARIABLE = "FAULTS"
FULL = {
    "KILLS": 200,  # kill -9 of a Rasa, action server or database process
    "USERS": 8,  # who talk meanwhile
    "PAIRS": 1_000,  # two messages of one person at the same time, one to each Rasa
    "COPIES": 500,  # messages that are sent 2 to 5 times
    "RED_FLAGS": 0,  # sentences for each fault; 0: the whole list
    "ANSWERS": 100,  # ordinary messages for each fault
    "NEXT": 10,  # kills of the Rasa that handles a message
    "RESTARTS": 5,  # of the database, and of the action servers
    "TOKENS": 10_000,  # forged ones
    "EXAMPLES": 100,  # of schemathesis for each operation
    "SOAK_MINUTES": 30,
    "SEED": 7,
}
SMALL = {
    **FULL, "KILLS": 6, "PAIRS": 20, "COPIES": 10, "RED_FLAGS": 22, "ANSWERS": 4, "NEXT": 1, "RESTARTS": 1,
    "TOKENS": 300, "EXAMPLES": 5, "SOAK_MINUTES": 1,
}  # fmt: skip


def number(name: str) -> int:
    """One of the numbers; KeyError if there is none of that name."""
    default = (SMALL if os.environ.get(SIZE_VARIABLE) == "small" else FULL)[name]
    return int(os.environ.get(f"{SIZE_VARIABLE}_{name}") or default)
