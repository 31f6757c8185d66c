"""Rules made ready: only what a case can set off is tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.knowledge.evaluation import Case, Conventions, Evidence, Test, compiled
from bot.knowledge.syntax import AllOf, AnyOf, Clause, Compare, Expr, HowMany, Mention

UNBOUNDED = frozenset({"*"})


@dataclass(frozen=True)
class ReadyClause:
    """One alternative of a clause of rule ``rule``: the outcome, what it needs and the test that decides.

    ``requires``: of each set at least one key must be known, or the test need not be made.
    """

    rule: str
    outcome: str
    requires: tuple[frozenset[str], ...]
    test: Test


@dataclass(frozen=True)
class RuleIndex:
    """Clauses in file order, findable by what they need; ``order`` is that of the rules in the file."""

    clauses: tuple[ReadyClause, ...]
    by_need: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]
    order: Mapping[str, int]

    @classmethod
    def of(cls, rules: Iterable[tuple[str, tuple[Clause, ...]]], conventions: Conventions) -> RuleIndex:
        """Compile ``(rule id, clauses)`` pairs."""
        ready = [
            ReadyClause(rule, clause.outcome, requirements(part), compiled(part, conventions))
            for rule, clauses in rules
            for clause in clauses
            for part in _alternatives(clause.condition)
        ]
        by_need: dict[str, list[int]] = {}
        for place, clause in enumerate(ready):
            for key in min(clause.requires, key=len, default=frozenset()):
                by_need.setdefault(key, []).append(place)
        return cls(
            clauses=tuple(ready),
            by_need={key: tuple(places) for key, places in by_need.items()},
            always=tuple(place for place, clause in enumerate(ready) if not clause.requires),
            order={rule: place for place, rule in enumerate(dict.fromkeys(clause.rule for clause in ready))},
        )

    def holding(self, case: Case) -> Iterator[tuple[ReadyClause, Evidence]]:
        """The clauses that hold for the case, in file order, each with the mentions that made it hold."""
        known = case.known()
        candidates = set(self.always)
        for key in known:
            candidates.update(self.by_need.get(key, ()))
        for place in sorted(candidates):
            clause = self.clauses[place]
            if any(known.isdisjoint(need) for need in clause.requires):
                continue
            evidence = clause.test(case)
            if evidence is not None:
                yield clause, evidence


def _alternatives(condition: Expr) -> tuple[Expr, ...]:
    if isinstance(condition, AnyOf) and not condition.gather:
        return tuple(part for alternative in condition.parts for part in _alternatives(alternative))
    return (condition,)


def requirements(expr: Expr) -> tuple[frozenset[str], ...]:
    """Sets of keys of each of which one must be known for the expression to have a chance."""
    if isinstance(expr, AllOf):
        return tuple(need for part in expr.parts for need in requirements(part))
    need = needs(expr)
    return () if need == UNBOUNDED else (need,)


def needs(expr: Expr) -> frozenset[str]:
    """Keys of which one must be known for the expression to have a chance; UNBOUNDED if none must."""
    if isinstance(expr, Mention):
        return frozenset({expr.key})
    if isinstance(expr, Compare):
        counted_few = expr.subject in ("major", "moderate") and expr.op not in (">", ">=")
        if counted_few or expr.unsure or expr.op == "!=" or (expr.subject == "about" and "self" in expr.values):
            return UNBOUNDED
        return frozenset({expr.subject})
    if isinstance(expr, AllOf):
        return min(requirements(expr), key=len, default=UNBOUNDED)
    if isinstance(expr, HowMany) and expr.op not in (">", ">="):
        return UNBOUNDED
    if isinstance(expr, (AnyOf, HowMany)):
        parts = [needs(part) for part in expr.parts]
        return UNBOUNDED if UNBOUNDED in parts else frozenset().union(*parts)
    return UNBOUNDED
