"""The rule language of red flags and tiers: text -> checked syntax tree.

The notation is that of the knowledge base, section 4.5: ``&`` binds tighter than ``|``, brackets apply to
the same finding, ``?`` lets an unknown value count as true, each clause ``condition -> level`` stands
alone. Everything a rule names is checked here, at load; ``evaluation`` turns the tree into a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from bot.knowledge.syntax import (
    CASE_NUMBERS,
    CASE_WORDS,
    LEVELS,
    NUMBER_SLOTS,
    OTHERWISE,
    STATUSES,
    WORD_SLOTS,
    AllOf,
    AnyOf,
    Clause,
    Compare,
    Expr,
    HowMany,
    Mention,
    Negation,
    RuleError,
    Vocabulary,
)

GRAMMAR = r"""
start: clause (";" clause)*
clause: expr "->" NAME
?expr: conj ("|" conj)*
?conj: unary ("&" unary)*
?unary: "!" unary -> negation
      | primary
?primary: single
        | primary "[" expr "]" -> same
?single: ref
       | "(" expr ")"
       | comparison
       | set_call
ref: (NAME | DOTTED) [":" NAME]
comparison: subject OP value [UNSURE]
          | subject "in" choices [UNSURE] -> among
          | subject "not" "in" choices -> not_among
          | subject "unknown" -> missing
subject: NAME "count" -> counted
       | NAME | DOTTED
       | "count" "(" set_sum ")" -> how_many
set_call: "any" "(" set_sum ")"
set_sum: set_part ("+" set_part)*
set_part: NAME ["[" expr "]"]
value: NUMBER -> number
     | NAME "(" NAME ")" -> limit
     | word+ -> words
word: NAME | "unknown"
choices: "{" words_item ("," words_item)* "}" | NAME -> named
words_item: word+
OP: "!=" | ">=" | "<=" | "=" | ">" | "<"
UNSURE: "?"
DOTTED.2: /(sign|lab)\.[A-Za-z0-9_]+/
NAME: /[A-Za-z_][A-Za-z0-9_]*/
NUMBER: /\d+(\.\d+)?/
%ignore /[ \t\n]+/
"""


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=True, start=["start", "expr"])


def parse_rule(text: str, words: Vocabulary) -> tuple[Clause, ...]:
    """The clauses of one rule; raises RuleError with the column or the unknown name."""
    builder = _Builder(words)
    return tuple(builder.clause(child) for child in _parsed(text, "start").children)


def parse_condition(text: str, words: Vocabulary) -> Expr:
    """One condition without an outcome; raises RuleError."""
    return _Builder(words).expr(_parsed(text, "expr"))


@lru_cache(maxsize=512)
def _parsed(text: str, start: str) -> Tree[Token]:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as problem:
        excerpt = text[max(problem.column - 15, 0) : problem.column + 15] if problem.column > 0 else text[-30:]
        raise RuleError(f"does not parse at column {problem.column}, near {excerpt!r}") from problem


class _Builder:
    def __init__(self, words: Vocabulary, *, inside: bool = False) -> None:
        self.words = words
        self.inside = inside

    def clause(self, tree: Any) -> Clause:
        condition, outcome = tree.children
        if outcome not in self.words.outcomes:
            raise RuleError(f"unknown outcome {outcome!s}")
        return Clause(self.expr(condition), str(outcome))

    def expr(self, tree: Any) -> Expr:
        build: Callable[[Any], Expr] = getattr(self, f"_{tree.data}")
        return build(tree)

    def _each(self, tree: Any) -> tuple[Expr, ...]:
        return tuple(self.expr(child) for child in tree.children)

    def _expr(self, tree: Any) -> Expr:
        return AnyOf(self._each(tree))

    def _conj(self, tree: Any) -> Expr:
        return AllOf(self._each(tree))

    def _negation(self, tree: Any) -> Expr:
        return Negation(self.expr(tree.children[0]))

    def _same(self, tree: Any) -> Expr:
        scope, condition = tree.children
        return _narrowed(self.expr(scope), _Builder(self.words, inside=True).expr(condition))

    def _ref(self, tree: Any) -> Expr:
        name, status = str(tree.children[0]), tree.children[1]
        if self.inside:
            raise RuleError(f"{name} cannot stand inside brackets")
        if name == "otherwise" and status is None:
            return OTHERWISE
        if name in self.words.macros:
            return parse_condition(self.words.macros[name], self.words)
        if name not in self.words.mentions:
            raise RuleError(f"unknown id {name}")
        if status is not None and status not in STATUSES:
            raise RuleError(f"unknown status {status!s}")
        return Mention(name, str(status or "present"))

    def _set_call(self, tree: Any) -> Expr:
        return AnyOf(self._members(tree.children[0]), gather=True)

    def _members(self, set_sum: Any) -> tuple[Expr, ...]:
        members: list[Expr] = []
        for part in set_sum.children:
            name, condition = str(part.children[0]), part.children[1]
            if name not in self.words.sets:
                raise RuleError(f"unknown set {name}")
            one_of: Expr = AnyOf(tuple(Mention(key) for key in self.words.sets[name]))
            if condition is not None:
                one_of = _narrowed(one_of, _Builder(self.words, inside=True).expr(condition))
            members.extend(one_of.parts if isinstance(one_of, AnyOf) else ())
        return tuple(dict.fromkeys(members))

    def _comparison(self, tree: Any) -> Expr:
        subject, op, value, unsure = tree.children
        if subject.data == "how_many":
            number = self._number_value(value)
            return HowMany(self._members(subject.children[0]), str(op), (number,))
        name = self._subject(subject)
        if name in WORD_SLOTS or name in CASE_WORDS:
            if op not in ("=", "!="):
                raise RuleError(f"{name} cannot be compared with {op!s}")
            return Compare(name, str(op), self._checked(name, (_joined(value),)), unsure is not None)
        return Compare(name, str(op), (self._number_value(value),), unsure is not None)

    def _among(self, tree: Any) -> Expr:
        return self._choice(tree, "=", unsure=tree.children[2] is not None)

    def _not_among(self, tree: Any) -> Expr:
        return self._choice(tree, "!=", unsure=False)

    def _choice(self, tree: Any, op: str, *, unsure: bool) -> Expr:
        name, choices = self._subject(tree.children[0]), tree.children[1]
        if choices.data == "named":
            set_name = str(choices.children[0])
            if set_name not in self.words.sets:
                raise RuleError(f"unknown set {set_name}")
            return Compare(name, op, self.words.sets[set_name], unsure)
        return Compare(name, op, self._checked(name, tuple(_joined(item) for item in choices.children)), unsure)

    def _missing(self, tree: Any) -> Expr:
        return Compare(self._subject(tree.children[0]), "=", ("unknown",))

    def _subject(self, tree: Any) -> str:
        name = f"{tree.children[0]!s} count" if tree.data == "counted" else str(tree.children[0])
        known = {*WORD_SLOTS, *NUMBER_SLOTS, "body count"} if self.inside else {*CASE_NUMBERS, *CASE_WORDS}
        if name.startswith("lab."):
            known = {f"lab.{lab}" for lab in self.words.labs}
        if name not in known:
            where = "inside brackets" if self.inside else "outside brackets"
            raise RuleError(f"unknown value {name} {where}")
        return name

    def _checked(self, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
        allowed = WORD_SLOTS.get(name) or (self.words.body | {"unknown"} if name == "body" else None)
        if name == "red_flag":
            allowed = frozenset(LEVELS)
        for value in values:
            if allowed is not None and value not in allowed:
                raise RuleError(f"unknown {name} {value!r}")
        return values

    def _number_value(self, value: Any) -> float | str:
        if value.data == "number":
            return float(value.children[0])
        if value.data == "limit":
            name = str(value.children[0])
            if name not in self.words.limits:
                raise RuleError(f"unknown limit {name}")
            return name
        name = _joined(value)
        if name not in self.words.numbers:
            raise RuleError(f"unknown number {name}")
        return float(self.words.numbers[name])


def _joined(tree: Any) -> str:
    return " ".join(str(word.children[0]) if word.children else "unknown" for word in tree.children)


def _narrowed(scope: Expr, condition: Expr) -> Expr:
    """``scope[condition]``: the condition is put on each mention, so that it holds for that same one."""
    if isinstance(scope, Mention):
        return replace(scope, conditions=(*scope.conditions, condition))
    if isinstance(scope, AnyOf):
        return replace(scope, parts=tuple(_narrowed(part, condition) for part in scope.parts))
    raise RuleError("brackets can only follow an id or ids joined by |")
