"""``make evidence``: docs/evidence.md, the whole evidence base as tables that a clinician can sign off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

from bot.knowledge import Knowledge, load

ROOT = Path(__file__).resolve().parents[1]
PAGE, FRAME = ROOT / "docs" / "evidence.md", Path(__file__).with_suffix(".md")


def page(knowledge: Knowledge) -> str:
    """The page as Markdown. Pure: the same data give the same page."""
    parts = {
        "grades": "; ".join(f"**{key}** {info.name} ({info.badge})" for key, info in knowledge.grades.items()) + ".",
        "claim_count": str(len(knowledge.claims)),
        "concept_count": str(len(knowledge.concepts)),
        "exposure_count": str(len(knowledge.exposures)),
        "flag_count": str(len(knowledge.red_flags)),
        "thresholds": ", ".join(f"{name} {value:g}" for name, value in knowledge.ladder.thresholds.items()) + ".",
    }
    tables = (
        _claims,
        _concepts,
        _exposures,
        _answers,
        _rules,
        _tiers,
        _supplement,
        _tests,
        _bands,
        _causes,
        _flags,
        _sources,
    )
    parts |= {table.__name__.strip("_"): table(knowledge) for table in tables}
    return Template(FRAME.read_text(encoding="utf-8")).substitute(parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _many(items: Iterable[str]) -> str:
    return ", ".join(items)


def _claims(knowledge: Knowledge) -> str:
    rows = (
        (
            c.id,
            c.claim,
            knowledge.verdicts[c.verdict],
            _many(f"{g.grade} ({g.of})" if g.of else g.grade for g in c.grades),
            c.say,
            _many(c.sources),
            c.verification,
        )
        for c in knowledge.claims.values()
    )
    return _table(("no", "claim", "verdict", "grade", "what the bot says", "sources", "checked"), rows)


def _concepts(knowledge: Knowledge) -> str:
    rows = (
        (
            c.id,
            c.name,
            c.hpo.id if c.hpo else "",
            c.grade,
            c.line,
            _many(c.commoner),
            _many(c.other_causes),
            _many(c.red_flags),
            _many(c.sources),
            c.verification,
        )
        for c in knowledge.concepts.values()
    )
    heads = (
        "id",
        "name",
        "HPO",
        "grade",
        "what the bot says",
        "commoner",
        "other causes",
        "rules",
        "sources",
        "checked",
    )
    return _table(heads, rows)


def _exposures(knowledge: Knowledge) -> str:
    rows = (
        (e.id, e.name, e.group, e.weight, e.why, e.line, _many(e.sources), e.verification)
        for e in knowledge.exposures.values()
    )
    heads = ("id", "name", "group", "weight", "mechanism", "what the bot says", "sources", "checked")
    return _table(heads, rows)


def _answers(knowledge: Knowledge) -> str:
    rows = []
    for a in knowledge.answers.values():
        rows.append((a.topic, "in general", a.grade, a.text, _many(a.sources), a.verification))
        ends = {"anything named": a.short, **a.by_grade, **a.by_kind}
        rows += [(a.topic, f"ends with, for {name}", "", text, "", "") for name, text in ends.items()]
    return _table(("topic", "when", "grade", "what the bot says", "sources", "checked"), rows)


def _rules(knowledge: Knowledge) -> str:
    rows = ((r.id, f"`{' '.join(r.when.split())}`", r.reason, r.basis) for r in knowledge.ladder.rules)
    return _table(("rule", "when", "reason given", "basis"), rows)


def _tiers(knowledge: Knowledge) -> str:
    rows = [(t, info.name, " ".join(info.say), info.had_test or "") for t, info in knowledge.ladder.tiers.items()]
    rows += [(_many(n.tiers), n.id, n.say, f"`{' '.join(n.when.split())}`") for n in knowledge.ladder.notes]
    return _table(("tier", "name", "what the bot says", "after a test, or when"), rows)


def _supplement(knowledge: Knowledge) -> str:
    rows = (
        (advice.id, f"`{advice.when}`", country, text, _many(advice.sources))
        for advice in knowledge.ladder.supplement
        for country, text in advice.say.items()
    )
    return _table(("for", "when", "country", "what the bot says", "sources"), rows)


def _tests(knowledge: Knowledge) -> str:
    rows = (
        (
            t.name,
            t.why,
            _many(f"{k} {v}" for k, v in t.loinc.items()),
            _many(t.tiers),
            _many((*t.concepts, *t.exposures)),
            _many(t.sources),
            t.verification,
        )
        for t in knowledge.testing.tests
    )
    return _table(("test", "why", "LOINC", "tiers", "added for", "sources", "checked"), rows)


def _bands(knowledge: Knowledge) -> str:
    rows = (
        (
            f"{'from' if b.includes_start else 'above'} {b.from_nmol:g}",
            b.label,
            b.say,
            b.next,
            _many(b.sources),
            b.verification,
        )
        for b in knowledge.testing.bands
    )
    bands = _table(("nmol/L", "band", "what the bot says", "next", "sources", "checked"), rows)
    steps = (
        (scale.id.upper(), f"{step.from_nmol:g}", step.label, _many(scale.sources), scale.verification)
        for scale in knowledge.testing.results.scales
        for step in scale.steps
    )
    return f"{bands}\n\n{_table(('scale', 'from nmol/L', 'what it says', 'sources', 'checked'), steps)}"


def _causes(knowledge: Knowledge) -> str:
    rows = (
        (
            c.name,
            _many(c.clues),
            _many((*c.exposures, *c.signs, *c.findings)),
            _many(c.concepts),
            c.ask,
            _many(c.sources),
            c.verification,
        )
        for c in knowledge.causes
    )
    return _table(("cause", "clues", "read as", "for", "to ask", "sources", "checked"), rows)


def _flags(knowledge: Knowledge) -> str:
    rows = (
        (f.id, f.level, f.title, f"`{' '.join(f.when.split())}`", f.say, f.why, _many(f.sources), f.verification)
        for f in knowledge.red_flags.values()
    )
    return _table(("rule", "level", "title", "when", "what the bot says", "why", "sources", "checked"), rows)


def _sources(knowledge: Knowledge) -> str:
    return _table(("id", "source", "checked"), ((key, s.text, s.verification) for key, s in knowledge.sources.items()))


if __name__ == "__main__":
    PAGE.write_text(page(load()), encoding="utf-8")
