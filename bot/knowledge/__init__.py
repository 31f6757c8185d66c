"""What the evidence says: loaded strictly from ``data/*.yml``, evaluated by red_flags, assess and intake."""

from bot.knowledge.loading import Knowledge, load
from bot.knowledge.strict_yaml import KnowledgeError

__all__ = ["Knowledge", "KnowledgeError", "load"]
