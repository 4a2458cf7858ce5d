"""Findings: figures over replications, standards against what was seen, sites judged by their neighbours."""

import polars as pl
import pytest
from synthetic_runs import K, fate_of, log_of, made_up, write_run

from results.figures import busiest_units
from results.findings import figures, findings_of, slowest_sites, target_of, verdict, verdicts
from results.intervals import over_replications
from results.runs import open_run
from results.summary import summary_of
from results.tables import counts_table, harm_table, kinds_table, places_table, times_table


def found(tmp_path, tiny_folder, replications, **entries):
    run = open_run(write_run(tmp_path / "run", tiny_folder, replications, **entries))
    return findings_of(run, run.county())


def arrivals(*seconds, start=86_400.0):
    """One replication: calls in the town, first arrivals after so many seconds; None never arrives."""
    rows, fate = [], []
    for n, after in enumerate(seconds):
        at = start + 10_000 * n
        rows += [(at, K.REPORTED, n, -1, 0), (at + 40, K.CALL_TAKEN, n, -1, 1)]
        if after is not None:
            rows += [
                (at + 40, K.ASSIGNED, n, 0, 0),
                (at + 100, K.EN_ROUTE, n, 0),
                (at + after, K.ARRIVED, n, 0),
            ]
            rows += [(at + 5000, K.CLEAR, n, 0, 0), (at + 5100, K.RETURNED, -1, 0, 0)]
        fate.append({"time_s": at})
    return log_of(*rows), fate_of(*fate)


def test_figures_over_replications():
    table = pl.DataFrame(
        {
            "replication": [0] * 10 + [1] * 10 + [2] * 10,
            "travel": [*range(10), *range(10, 20), *range(20, 30)],
        },
        schema_overrides={"travel": pl.Float64},
    )
    one = figures(table, "travel", (0, 1, 2))
    assert one.n == 30
    assert one.mean == over_replications([4.5, 14.5, 24.5])
    assert one.p90 == over_replications([8.1, 18.1, 28.1])
    assert one.calls == over_replications([10, 10, 10])


def test_few_calls_give_quantiles_of_all_together_and_no_interval():
    table = pl.DataFrame({"replication": [0, 0, 1], "travel": [1.0, 2.0, 9.0]})
    one = figures(table, "travel", (0, 1, 2))
    assert (one.p50.mean, one.p50.half_width) == (2.0, None)
    assert one.calls == over_replications([2, 1, 0])
    assert one.mean == over_replications([1.5, 9.0])


def test_one_replication_uses_batches():
    table = pl.DataFrame({"replication": [0] * 400, "travel": [float(n % 7) for n in range(400)]})
    one = figures(table, "travel", (0,))
    assert one.mean.n == 20
    assert one.mean.half_width is not None
    assert one.calls.half_width is None


def test_a_standard_met_missed_and_undecided(tmp_path, tiny_folder):
    """Nine in ten are asked for; that all of 20 calls kept the limit does not show it, all of 40 do."""
    good, poor = [200.0] * 20, [900.0] * 20
    for name, replications, met in (
        ("good", [good, good], True),
        ("few", [good[:10], good[:10]], None),
        ("poor", [poor[:10], poor[:10]], False),
        ("mixed", [good, [200.0] * 18 + poor[:2]], None),
        ("once", [good], None),
    ):
        seen = found(tmp_path / name, tiny_folder, [arrivals(*each) for each in replications])
        (one,) = verdicts(seen)
        assert (one.standard.code, one.n, one.met) == ("town5", sum(map(len, replications)), met)


def test_a_call_never_reached_counts_as_missed(tmp_path, tiny_folder):
    seen = found(tmp_path, tiny_folder, [arrivals(200.0, None, 200.0, 200.0)])
    one = verdict(seen, seen.county.standards[0])
    assert (one.n, one.share.mean) == (4, 0.75)


def test_target_of_a_place(tmp_path, tiny_folder):
    seen = found(tmp_path, tiny_folder, [arrivals(200.0)])
    town, village = seen.county.places
    assert target_of(seen.county, town).within_s == 300
    assert target_of(seen.county, village) is None


def test_sites_are_judged_by_calls_within_reach(tmp_path, tiny_folder):
    log, fate = arrivals(*[300.0] * 9, 600.0, 5000.0)
    near, far = pl.lit(104.003), pl.lit(104.03)
    fate = fate.with_columns(lon=pl.when(pl.col("incident") < 10).then(near).otherwise(far))
    rows = {row["site"]: row for row in slowest_sites(found(tmp_path, tiny_folder, [(log, fate)])).to_dicts()}
    assert rows["X1"]["n"] == 10
    assert rows["X1"]["told"] == pytest.approx(330.0)
    assert (rows["X2"]["n"], rows["X2"]["mean"], rows["X2"]["told"]) == (1, 5000.0, None)


def test_no_calls_at_all(tmp_path, tiny_folder):
    seen = found(tmp_path, tiny_folder, [arrivals(), arrivals()])
    assert slowest_sites(seen).is_empty()
    assert verdicts(seen)[0].met is None
    assert not times_table(seen, "en").rows
    assert not places_table(seen, "en").rows
    assert not harm_table(seen, "en").rows
    assert counts_table(seen, "en").rows[0][1].text == "0.00"
    assert busiest_units(seen)["busy"].to_list() == [0, 0, 0]


def test_of_a_handful_of_calls_no_quantile_is_told(tmp_path, tiny_folder):
    few, enough = ([arrivals(*[300.0] * n), arrivals(*[360.0] * n)] for n in (4, 5))
    p90 = [
        kinds_table(found(tmp_path / str(n), tiny_folder, runs), "en").rows[0][3].text
        for n, runs in enumerate((few, enough))
    ]
    assert p90 == ["–", "6:00"]


def test_every_step_of_a_call_is_told(tmp_path, tiny_folder):
    rows = times_table(found(tmp_path, tiny_folder, [made_up(1), made_up(2)]), "en").rows
    steps = {row[0].text.partition(":")[0] for row in rows}
    assert steps >= {"Call taking", "Waiting", "Turnout", "Travel", "First arrival", "On scene"}


def test_busy_share_of_a_unit(tmp_path, tiny_folder):
    seen = found(tmp_path, tiny_folder, [arrivals(200.0, 200.0), arrivals(200.0)])
    rows = busiest_units(seen)
    each = [2 * 4960 / 864_000, 4960 / 864_000]
    assert rows["busy"].to_list() == pytest.approx([0, sum(each) / 2, 0])
    assert rows["half_width"][1] == pytest.approx(over_replications(each).half_width)


def test_summary_by_hand(tmp_path, tiny_folder):
    run = open_run(write_run(tmp_path / "run", tiny_folder, [arrivals(100.0, 200.0, 300.0), arrivals(400.0)]))
    content = summary_of(run.manifest, findings_of(run, run.county()))
    first = content["measures"]["first_arrival"]
    assert (first["n"], first["mean"]["value"], first["p50"]["value"]) == (4, 300.0, 250.0)
    assert content["measures"]["call_handling"]["mean"] == {"value": 40.0, "half_width": 0.0}
    assert content["calls"]["total"] == 4
    assert content["calls"]["a_day"]["value"] == 0.2
    assert content["standards"][0]["n"] == 4
    assert content["first_arrival_by_place"]["T1"]["n"] == 4
    assert content["calls_by_month"] == {"1": 2.0}
    assert content["units"]["E1"]["sendings"] == 2.0


def test_listing_order_of_replications_files_does_not_matter(tmp_path, tiny_folder):
    one = found(tmp_path / "a", tiny_folder, [made_up(1), made_up(2)])
    other = found(tmp_path / "b", tiny_folder, [made_up(2), made_up(1)])
    seen = [figures(f.calls, "first_arrival", f.replications) for f in (one, other)]
    assert seen[0].mean.mean == pytest.approx(seen[1].mean.mean)
    assert seen[0].mean.half_width == pytest.approx(seen[1].mean.half_width)
