"""The vitamin D symptom bot. Imports point inward: core <- clinical <- Rasa and the world."""
