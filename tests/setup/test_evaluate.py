"""The scorer: its rules one by one, and the same figures as the independent scorer beside the project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import evaluate
from bot.clinical import load_lexicon
from bot.reading import Duration, Exposure, Finding, Reading
from tools import compare_medspacy
from tools.plain_wordings import wordings

BESIDE = Path(__file__).parents[3] / "shared"


def finding(names: str, status: str = "present", **more: object) -> dict[str, object]:
    return {"any_of": names.split("|"), "span": "", "status": status, "body": [], "side": None, **more}


def exposure(names: str, status: str = "present") -> dict[str, object]:
    return {"any_of": names.split("|"), "span": "", "status": status}


def row(number: int = 1, **notes: object) -> dict[str, object]:
    empty = {"findings": [], "durations": [], "exposures": [], "unclear": False}
    return {"id": f"r{number}", "text": f"text {number}", **empty, **notes}


def days(number: float) -> Duration:
    return Duration(span="", start=0, end=0, days=number)


def scored(tmp_path: Path, gold: dict[str, object], said: Reading) -> evaluate.Score:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold) + "\n")
    return evaluate.evaluate(evaluate.load_gold(path), lambda text: said)[0]


def test_any_of_the_options_is_right(tmp_path: Path) -> None:
    gold = row(findings=[finding("fatigue|general_weakness")])
    assert scored(tmp_path, gold, Reading(findings=(Finding("general_weakness"),))).findings.f1 == 1.0


def test_wrong_status_is_seen_but_not_right(tmp_path: Path) -> None:
    score = scored(tmp_path, row(findings=[finding("fatigue", "absent")]), Reading(findings=(Finding("fatigue"),)))
    assert (score.findings.f1, score.concepts.f1, score.status) == (0.0, 1.0, 0.0)


def test_symptom_named_twice_counts_once(tmp_path: Path) -> None:
    twice = (Finding("muscle_ache", body=("leg",)), Finding("muscle_ache", body=("arm",)))
    score = scored(tmp_path, row(findings=[finding("muscle_ache", body=["leg", "arm"])]), Reading(findings=twice))
    assert score.findings.said == 1
    assert score.body == evaluate.Share(hit=2, said=2, gold=2)


def test_one_reading_meets_one_gold_item(tmp_path: Path) -> None:
    gold = row(findings=[finding("fatigue|general_weakness"), finding("fatigue")])
    score = scored(tmp_path, gold, Reading(findings=(Finding("fatigue"),)))
    assert (score.findings.hit, score.findings.recall, score.findings.precision) == (1, 0.5, 1.0)


def test_narrow_gold_item_chooses_first(tmp_path: Path) -> None:
    gold = row(findings=[finding("fatigue|general_weakness"), finding("fatigue")])
    both = Reading(findings=(Finding("fatigue"), Finding("general_weakness")))
    assert scored(tmp_path, gold, both).findings.f1 == 1.0


def test_reading_with_the_right_status_is_preferred(tmp_path: Path) -> None:
    both = Reading(findings=(Finding("fatigue", status="past"), Finding("fatigue")))
    assert scored(tmp_path, row(findings=[finding("fatigue")]), both).status == 1.0


def test_side_counts_only_where_gold_names_one(tmp_path: Path) -> None:
    right = Reading(findings=(Finding("muscle_ache", side="right"),))
    assert scored(tmp_path, row(findings=[finding("muscle_ache")]), right).side is None
    assert scored(tmp_path, row(findings=[finding("muscle_ache", side="right")]), right).side == 1.0
    assert scored(tmp_path, row(findings=[finding("muscle_ache", side="left")]), right).side == 0.0


@pytest.mark.parametrize(("gold", "said", "hit"), [(30, 36, 1), (30, 37, 0), (3, 4, 1), (3, 5, 0), (730, 600, 1)])
def test_duration_within_a_fifth_or_a_day(tmp_path: Path, gold: float, said: float, hit: int) -> None:
    score = scored(tmp_path, row(durations=[{"span": "", "days": gold}]), Reading(durations=(days(said),)))
    assert score.durations == evaluate.Share(hit=hit, said=1, gold=1)


def test_exposures_need_the_right_status(tmp_path: Path) -> None:
    said = Reading(exposures=(Exposure("vegan"), Exposure("low_sun", status="absent")))
    score = scored(tmp_path, row(exposures=[exposure("vegan"), exposure("low_sun")]), said)
    assert score.exposures == evaluate.Share(hit=1, said=2, gold=2)


def test_nothing_to_find_and_nothing_said_is_right(tmp_path: Path) -> None:
    score = scored(tmp_path, row(), Reading())
    assert (score.findings.f1, score.durations.f1, score.status) == (1.0, 1.0, 0.0)


def test_unclear_rows_do_not_count(tmp_path: Path) -> None:
    assert scored(tmp_path, row(findings=[finding("fatigue")], unclear=True), Reading()).rows == 0


def test_worst_rows_come_first_with_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    rows = [row(1), row(2, findings=[finding("fatigue")]), row(3, findings=[finding("fever"), finding("falls")])]
    path.write_text("\n".join(map(json.dumps, rows)))
    _, results = evaluate.evaluate(evaluate.load_gold(path), lambda text: Reading())
    shown = evaluate.worst(results, 5)
    assert [line for line in shown.splitlines() if line.startswith("r")] == ["r3", "r2"]
    assert "missed: fever (present), falls (present)" in shown
    assert "r2" not in evaluate.worst(results, 1)


@pytest.mark.parametrize("line", ["not json", "[1]", '{"id": "a", "text": "b", "scope": "in"}', '{"findings": []}'])
def test_bad_gold_line_is_named(tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(row()) + "\n" + line + "\n")
    assert evaluate.main(["--gold", str(path)]) == 1
    assert "line 2" in capsys.readouterr().err


def test_absent_gold_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["--gold", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["muscle_dev.jsonl", "exposures_dev.jsonl"])
def test_same_figures_as_the_independent_scorer(name: str, tmp_path: Path) -> None:
    """Readings that are partly right, made from the gold itself, so that every rule comes into play."""
    gold, scorer = BESIDE / "data" / name, BESIDE / "tools" / "evaluate.py"
    if not (gold.exists() and scorer.exists()):
        pytest.skip("the annotated texts are not beside the project")
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    readings = {data["text"]: _half_right(number, data) for number, data in enumerate(rows)}
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("\n".join(json.dumps({"id": d["id"], **readings[d["text"]].to_dict()}) for d in rows))
    shown = subprocess.run(
        [sys.executable, str(scorer), str(gold), str(predicted), "--json"], capture_output=True, text=True, check=True
    )
    theirs = json.loads(shown.stdout)
    ours, _ = evaluate.evaluate(evaluate.load_gold(gold), readings.__getitem__)
    assert ours.rows == theirs["rows"]
    assert (ours.status, ours.side) == (theirs["status"], theirs["side"])
    for figure in ("findings", "concepts", "body", "durations", "exposures"):
        share = getattr(ours, figure)
        assert (share.precision, share.recall, share.f1, share.said, share.gold) == tuple(
            theirs[figure][part] for part in ("precision", "recall", "f1", "said", "gold")
        )


def _half_right(number: int, data: dict[str, list[dict[str, object]]]) -> Reading:
    """Every third item left out, some with another status, place, side or length, one invented."""
    findings = [
        Finding(
            item["any_of"][-1],
            status="past" if place % 4 == 1 else item["status"],
            body=tuple(item["body"][:1]) + (("knee",) if place % 5 == 0 else ()),
            side="left" if place % 2 else item["side"],
        )
        for place, item in enumerate(data["findings"], start=number)
        if place % 3
    ]
    exposures = [
        Exposure(item["any_of"][0], status="past" if place % 4 == 1 else item["status"])
        for place, item in enumerate(data["exposures"], start=number)
        if place % 3
    ]
    lengths = [days(item["days"] * (1 + 0.1 * (number % 4))) for item in data["durations"]]
    invented = [Finding("dizziness"), Finding("dizziness")] if number % 7 == 0 else []
    return Reading(findings=(*findings, *invented), exposures=tuple(exposures), durations=tuple(lengths))


def test_another_reader_is_scored_by_the_same_rules(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(row(1, findings=[finding("numbness", "absent")], exposures=[exposure("vegan")])) + "\n")
    said = {
        "r1": {
            "findings": [{"concept": "numbness", "status": "present"}],
            "exposures": [{"exposure": "vegan", "status": "present"}],
        }
    }
    score = evaluate.evaluate_read(evaluate.load_gold(path), said)
    assert (score.findings.f1, score.concepts.f1, score.status, score.exposures.f1) == (0, 1, 0, 1)


def test_patterns_are_written_out_as_plain_wordings() -> None:
    words = {(w.get("concept") or w["exposure"], w["words"]) for w in wordings(load_lexicon())}
    assert {("vegan", "vegan"), ("mouth_tingling", "tingling lip")} <= words


def test_a_comparison_that_cannot_be_made_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(row(1)) + "\n")
    monkeypatch.setattr(compare_medspacy, "PLACE", tmp_path / "env")
    monkeypatch.setattr(compare_medspacy, "PYTHON", tmp_path / "env" / "bin" / "python")
    monkeypatch.setattr(compare_medspacy, "LOCK", tmp_path / "no such lock.txt")
    monkeypatch.setattr(sys, "argv", ["compare_medspacy", str(gold)])
    assert compare_medspacy.main() == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "figures are left out: it could not be installed: " in told.err
    assert not (tmp_path / "env").exists()
