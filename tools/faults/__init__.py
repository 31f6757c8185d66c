"""The parts of the fault suite: the world it breaks, the people who talk meanwhile, the table of what came out."""
