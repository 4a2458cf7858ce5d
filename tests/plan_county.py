"""The county with all that readiness knows, and reporting, plans, and a unit of the city besides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ready_county import READY, UNITS, write_ready

REPORTING = """\
reporting:
  rules: national
  conduct:
    notice: {median_s: 90, sigma: 0.6}
    decide: {constant_s: 60}
    verify: {default: {constant_s: 300}, bureau: {median_s: 600, sigma: 0.5}}
    draft: {bureau: {constant_s: 900}}
    sign: {constant_s: 480}
    grade: {constant_s: 120}
    city_decides: {constant_s: 900}
    tip_off: {exponential_mean_s: 259200}
    conceal_p: 0.04
    conceal_by_kind: {leak: 0.5}
    conceal_by_class: {default: 1, LARGER: 0.25}
    enforcement: 2
    ring_s: 40
  desks: {county_government: [P1]}
  departments: {default: P1, fire: P2}
"""

GENERAL = """\
code: general
name: {zh: 综合预案, en: General plan}
kind: general
triggers:
  - {level: 4}
  - {level: 3, accident_class: LARGER}
tasks:
  - {code: ask, name: {zh: 核实, en: Verify}, work: duty, owner: P1, within_min: 15, lasts_min: 5}
  - {code: tell, name: {zh: 报告, en: Report}, work: notify, owner: P1, within_min: 30, after: [ask],
    tells: [P2]}
contacts: {P1: 0730-1234567, P2: 0730-7654321}
source: {title: GB/T 29639-2020, certainty: S}
"""

LEAK = """\
code: leak
name: {zh: 氨泄漏专项预案, en: Plan for ammonia leaks}
kind: special
covers: {kinds: [leak]}
triggers:
  - {level: 4}
  - {level: 3, grade: 2}
  - {level: 2, casualties: 3, warning_level: 2}
  - {level: 1, deaths: 3, lacking: 2}
tasks:
  - {code: post, name: {zh: 设指挥部, en: Set up a post}, work: command_post, owner: P1, within_min: 40,
    lasts_min: 10}
  - code: seal
    name: {zh: 堵漏, en: Stop the leak}
    work: send
    owner: P1
    within_min: 60
    lasts_min: 20
    after: [post]
    level: 3
    needs: {engine: 2}
    resource: apparatus
    weight: 2
    source: {title: 本县规定, article: 第3条, date: "2025-01-01", certainty: A}
  - {code: out, name: {zh: 疏散, en: Evacuate}, work: evacuate, owner: P2, within_min: 60, lasts_min: 30,
    tells: [P1]}
contacts: {P1: 0730-1234567, P2: 0730-7654321}
ends_after_min: 120
people: 800
source: {title: GB/T 29639-2020, certainty: S}
"""

CARD = """\
code: store
name: {zh: 冷库一处置卡, en: Card of cold store 1}
kind: on_site
covers: {kinds: [leak], sites: [X1]}
triggers: [{level: 4}]
tasks:
  - {code: shut, name: {zh: 关阀, en: Shut the valve}, work: duty, owner: P2, within_min: 5, lasts_min: 2}
contacts: {P2: 0730-7654321}
source: {title: GB/T 29639-2020, certainty: S}
"""

ESCALATION = """\
    escalation: {p: 0.3, after: {median_s: 2400, sigma: 0.5}, harm_factor: 2, control_factor: 1.5}
"""

PLANNED: Mapping[str, str] = {
    **READY,
    "scenario.yaml": READY["scenario.yaml"]
    .replace("code: ready", "code: planned")
    .replace("injects:\n", f"{REPORTING}injects:\n")
    .replace("hourly:\n", f"{ESCALATION}hourly:\n", 1),
    "units.csv": "".join(
        f"{line},{'' if number else 'aid'}\n" for number, line in enumerate(UNITS.splitlines())
    )
    + "Z1,市一号,City engine,S2,engine,engine,1800,0.3,0,,,,,,,yes\n",
    "plans/general.yaml": GENERAL,
    "plans/leak.yaml": LEAK,
    "plans/store.yaml": CARD,
}
"""The files of the county: the ready one, with three plans and a chain of reports."""


def write_planned(folder: Path, files: Mapping[str, str] = PLANNED) -> Path:
    """Write the county into a folder (made if need be) and give the folder back."""
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    return write_ready(folder, files)


def write_edited_plans(folder: Path, *edits: tuple[str, str, str] | tuple[str, str]) -> Path:
    """Write the county with changes: (file, old, new) replaces, (file, text) writes a file of its own."""
    files = dict(PLANNED)
    for name, *change in edits:
        if len(change) == 1:
            files[name] = change[0]
        else:
            old, new = change
            assert old in files[name], f"{name} does not hold {old!r}"
            files[name] = files[name].replace(old, new)
    return write_planned(folder, files)
