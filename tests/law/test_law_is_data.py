"""Law stands in `seeds/`: correcting it there corrects the answers, and code holds no copy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.households.events import Assessed
from shared.households.explanation import explain
from shared.households.timeline import timeline
from shared.kernel.errors import PolicyError
from shared.kernel.periods import FIRST_DAY
from shared.law.standards import LISTS, Policy, read_policy
from shared.money import register_findings
from tests import facts
from tests.builders import POLICY_FILE, counting
from tests.money.answer_texts import assessed

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = yaml.safe_load(POLICY_FILE.read_text("utf-8"))
DAY = date(2024, 6, 30)

ACT = re.compile(r"\b\d{1,4}/(?:\d{4}/)?(?:NĐ-CP|QĐ-[\w-]+|TT-[\w-]+|QH\d+|NQ-[\w-]+)")
# Acts that say how reviews are made and reported, what a map is, or what is private: no seed holds
# a value of them.
PROCEDURE = {"24/2021/QĐ-TTg", "202/2025/QH15", "19/2025/QĐ-TTg", "13/2023/NĐ-CP"}
# Parts that hold values, words or mechanics, and decide nothing.
NO_RULE = {
    "areas": set[str](),
    "law": set[str](),
    "households": {"events", "sentences"},
    "money": {"allocations", "ledgers", "sentences"},
}


def amended(**changes: Any) -> Policy:
    return read_policy(deepcopy(DOCUMENT) | changes)


def review(policy: Policy) -> Assessed:
    return assessed(policy.standards.on(DAY), "rural", "income", 1_000_000, 3)


def explained(policy: Policy, status: str) -> dict[str, Any]:
    standard = policy.standards.on(DAY)
    spells = [(standard.start, None, "recently_exited")]
    return explain(status, review(policy), standard, spells, policy, DAY)


def test_a_corrected_basis_of_the_exit_window_is_the_one_that_answers_cite() -> None:
    before = explained(amended(), "recently_exited")
    assert before["exit_window"].legal_basis[0] in before["legal_basis"]
    basis = ["28/2015/QĐ-TTg Art. 2(1)"]
    policy = amended(recently_exited=DOCUMENT["recently_exited"] | {"legal_basis": basis})
    after = explained(policy, "recently_exited")
    assert after["exit_window"].legal_basis == tuple(basis)
    assert after["legal_basis"][-1] == basis[0]
    assert before["exit_window"].legal_basis[0] not in after["legal_basis"]


@pytest.mark.parametrize(("last_day", "end"), [("exclusive", 14), ("inclusive", 15)])
def test_whether_the_corresponding_day_belongs_to_the_exit_window_is_policy(
    last_day: str, end: int
) -> None:
    section = DOCUMENT["recently_exited"] | {"window_last_day": last_day}
    policy = amended(recently_exited=section)
    assert policy.exit_window_end(date(2023, 12, 14)) == date(2026, 12, end)
    left = facts.assessed("H", "2023-12-14", **facts.RICH)
    (events,) = counting([facts.assessed("H", "2022-12-14"), left]).values()
    spells = timeline(events, policy).spells
    assert [(s.status, s.end) for s in spells[1:]] == [
        ("recently_exited", date(2026, 12, end)),
        ("non_poor", None),
    ]


def test_an_unknown_last_day_and_an_older_document_are_read_as_they_are() -> None:
    section = {k: v for k, v in DOCUMENT["recently_exited"].items() if k != "window_last_day"}
    assert amended(recently_exited=section).exit_window_last_day == "exclusive"
    with pytest.raises(PolicyError, match="perhaps"):
        amended(recently_exited=section | {"window_last_day": "perhaps"})


def test_a_corrected_name_of_a_status_is_the_one_that_every_answer_says() -> None:
    name = {"en": "household of the first list", "vi": "hộ thuộc danh sách thứ nhất"}
    policy = amended(statuses=DOCUMENT["statuses"] | {"poor": name})
    answer = explained(policy, "poor")
    assert (answer["status_en"], answer["status_vi"]) == (name["en"], name["vi"])
    standard = policy.standards.on(DAY)
    richer = assessed(standard, "rural", "income", 9_000_000, 3)
    finding = register_findings.decisions([review(policy)], policy)[0]
    assert name["en"] in finding.en and name["vi"] in finding.vi
    changes = explain("non_poor", richer, standard, [], policy, DAY)["smallest_changes"]
    assert any(name["vi"] in change.text_vi for change in changes)


def test_what_the_law_does_not_say_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match="does not name closed") as unnamed:
        amended(statuses={k: v for k, v in DOCUMENT["statuses"].items() if k != "closed"})
    assert unnamed.value.code == "status_unnamed"
    standards = deepcopy(DOCUMENT["standards"])
    standards[0]["income_rules"][0]["class"] = "very_poor"
    with pytest.raises(PolicyError, match="very_poor") as unknown:
        amended(standards=standards)
    assert unknown.value.code == "class_unknown"


def test_the_first_day_that_is_taken_is_that_of_the_first_standard() -> None:
    assert min(standard["classify_from"] for standard in DOCUMENT["standards"]) == FIRST_DAY


def test_the_lists_are_named_by_the_policy() -> None:
    assert set(LISTS) <= DOCUMENT["statuses"].keys()


def modules(*tops: str) -> Iterator[tuple[Path, ast.Module]]:
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            # What a language of articles calls things is read, never said.
            if "versions" in path.parts or "figures" in path.parts or "examples" in str(path):
                continue
            yield path, ast.parse(path.read_text("utf-8"))


def spoken(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the constants of a module that are not docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node


def test_no_act_and_no_name_of_a_status_stands_in_code() -> None:
    names = {text for each in DOCUMENT["statuses"].values() for text in each.values()}
    copies = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for path, tree in modules("services", "shared")
        for node in spoken(tree)
        if isinstance(node.value, str) and (ACT.search(node.value) or node.value in names)
    ]
    assert not copies


def rule_modules() -> list[Path]:
    return [
        path
        for subject, rest in NO_RULE.items()
        for path in sorted((ROOT / "shared" / subject).glob("*.py"))
        if path.stem != "__init__" and path.stem not in rest
    ]


@pytest.mark.parametrize("path", rule_modules(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_rule_names_its_law(path: Path) -> None:
    """`Law:` ends the docstring: acts, or `policy (…)`, or `none (…)` with the reason."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    _, mark, law = docstring.partition("\nLaw: ")
    assert mark, "say on which act the rule rests, as the last paragraph of the docstring"
    acts = ACT.findall(law)
    assert acts or re.match(r"(none|policy) \(.{10,}\)", law, re.DOTALL), law
    seeds = "".join(p.read_text("utf-8") for p in (ROOT / "seeds").rglob("*.yaml"))
    unknown = [act for act in acts if act not in seeds and act not in PROCEDURE]
    assert not unknown, "no seed cites these; a number that was mistyped looks like this"


def test_the_days_on_which_an_exit_window_is_told_of_are_policy() -> None:
    section = DOCUMENT["recently_exited"]
    assert amended().exit_window_notice_days == (90, 30, 7)
    days = section | {"ending_told_days_before": [10, 60, 10]}
    assert amended(recently_exited=days).exit_window_notice_days == (60, 10)
    older = {k: v for k, v in section.items() if not k.startswith("ending_told")}
    assert amended(recently_exited=older).exit_window_notice_days == ()
    with pytest.raises(PolicyError, match="-1"):
        amended(recently_exited=section | {"ending_told_days_before": [30, -1]})
