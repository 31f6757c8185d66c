"""What happens next: safety first, then the order of an answer; the rules in data/rules decide the rest."""
