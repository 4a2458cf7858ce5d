"""How long crews take to turn out, from two public logs: ``python tools/fit_turnout.py ../shared/data``.

Prints the tables of ``sim/scenarios/lanshui/SOURCES.md`` in English and Chinese: what was cut from the logs,
the log-normal fits and their quality, how far departments differ, travel and time on scene. Equal data give
equal text.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

Seconds = npt.NDArray[np.float64]
Words = dict[str, str]

LANCASTER = Path("cad_lancaster_ne") / "emerg_data_optimized.csv"
SAN_FRANCISCO = Path("cad_sf_week") / "Fire_Department_Calls_for_Service.csv"
DAY_S = 86_400
LONGEST_S = 1800
"""A turnout beyond half an hour is a stamp set late or a call held back, not a turnout."""

SHORTEST_S = {"sf_medic": 1, "sf_private": 1}
"""Ambulances that wait in the street can leave at once; a second is the logs' resolution."""

IN_QUARTERS_S = 20
"""Below this a crew sat in its vehicle already, or was put on the call as it rolled."""

NOT_URGENT = r"^(\d+[AO]\d.*|LIFTASST|SPECDUTY)$"
"""Determinants of the two lowest levels, lifting aid, special duty."""

RURAL = [
    "WAVE", "SW", "RAYM", "MALC", "HICK", "SE", "BENN", "FIRT", "HALL",
    "PLEA", "EAGL", "VALP", "CERE", "CORT", "GRE", "ALVO", "MWM",
]  # fmt: skip
"""Call signs of the volunteer departments; the city's are told by their letter and by their turnout."""

CITY = ["M", "E", "T"]
SF_KINDS = {
    "ENGINE": "sf_engine",
    "TRUCK": "sf_truck",
    "RESCUE SQUAD": "sf_truck",
    "MEDIC": "sf_medic",
    "PRIVATE": "sf_private",
}
CUTS = ("twice", "not_urgent", "other_unit", "no_stamp", "absurd", "short")
ALTERNATIVES = {"gamma": stats.gamma, "weibull": stats.weibull_min, "log-logistic": stats.fisk}
CURVES: dict[str, stats.rv_continuous] = {"log-normal": stats.lognorm, **ALTERNATIVES}
P90 = float(stats.norm.ppf(0.9))
FEWEST = 100
SEED, RESAMPLES = 20_260_715, 1000

GROUPS: dict[str, tuple[tuple[str, ...], Words]] = {
    "sf_engine": (("sf_engine",), {"en": "SF engines", "zh": "旧金山水罐车"}),
    "sf_truck": (("sf_truck",), {"en": "SF trucks, rescue squads", "zh": "旧金山举高车、抢险车"}),
    "sf_medic": (("sf_medic",), {"en": "SF medics", "zh": "旧金山消防局救护车"}),
    "sf_private": (("sf_private",), {"en": "SF private ambulances", "zh": "旧金山民营救护车"}),
    "city": (("city",), {"en": "Lancaster, city crews", "zh": "兰开斯特，城区专职"}),
    "rural": (("first", "vehicle"), {"en": "Lancaster, rural, all", "zh": "兰开斯特，乡村，合计"}),
    "first": (("first",), {"en": "Lancaster, rural, units 1–9", "zh": "兰开斯特，乡村，编号1至9"}),
    "vehicle": (("vehicle",), {"en": "Lancaster, rural, units 10 on", "zh": "兰开斯特，乡村，编号10起"}),
}
BANDS: dict[str, Words] = {
    "all": {"en": "all", "zh": "全天"},
    "day": {"en": "06–22", "zh": "6至22时"},
    "night": {"en": "22–06", "zh": "22至6时"},
}
LOGS: dict[str, Words] = {
    "sf": {"en": "San Francisco", "zh": "旧金山"},
    "lancaster": {"en": "Lancaster", "zh": "兰开斯特"},
}
HEADS: dict[str, dict[str, str]] = {
    "cuts": {
        "en": "Log|Rows|Twice|Not urgent|Other units|No stamp|Negative or over 30 min|Too short|Kept"
        "|Kept, % of rows|Whole minutes, %",
        "zh": "日志|行数|重复|非紧急|其他单位|缺时刻|为负或超30分钟|过短|采用|采用占比%|整分钟%",
    },
    "fits": {
        "en": "Crews|Hours|n|Median, s|P90, s|Fitted median, s|95 % interval|σ|95 % interval|Fitted P90, s"
        "|KS|σ from median and P90",
        "zh": "队伍|时段|n|中位数（秒）|P90（秒）|拟合中位数（秒）|95%区间|σ|95%区间|拟合P90（秒）"
        "|KS|由中位数和P90得出的σ",
    },
    "quality": {
        "en": "Crews, all hours|KS, log-normal|Best by AIC|Its KS|ΔAIC gamma|ΔAIC Weibull|ΔAIC log-logistic",
        "zh": "队伍（全天）|KS（对数正态）|AIC最优|其KS|ΔAIC伽马|ΔAIC威布尔|ΔAIC对数逻辑斯谛",
    },
    "departments": {
        "en": "Crews|Departments|Least median, s|Middle, s|Greatest, s|Middle σ within a department",
        "zh": "队伍|队数|最小中位数（秒）|居中（秒）|最大（秒）|队内σ居中值",
    },
    "rest": {
        "en": "Crews|Travel: n|Median, s|P90, s|On scene: n|Median, s|P90, s",
        "zh": "队伍|行车：n|中位数（秒）|P90（秒）|现场：n|中位数（秒）|P90（秒）",
    },
}
LAWS: dict[str, Words] = {
    "log-normal": {"en": "log-normal", "zh": "对数正态"},
    "gamma": {"en": "gamma", "zh": "伽马"},
    "weibull": {"en": "Weibull", "zh": "威布尔"},
    "log-logistic": {"en": "log-logistic", "zh": "对数逻辑斯谛"},
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A log-normal law fitted by maximum likelihood, and how well it does."""

    n: int
    median_s: float
    p90_s: float
    fitted_median_s: float
    sigma: float
    fitted_p90_s: float
    median_95: tuple[float, float]
    sigma_95: tuple[float, float]
    ks: dict[str, float]
    aic: dict[str, float]

    @property
    def spread(self) -> float:
        """The sigma with which a log-normal law has the observed median and P90."""
        return float(np.log(self.p90_s / self.median_s) / P90)

    @property
    def best(self) -> str:
        """The law with the least AIC."""
        return min(self.aic, key=self.aic.__getitem__)


def main() -> None:
    """Print every table, English first."""
    logs = read_logs(Path(sys.argv[1]))
    for lang in ("en", "zh"):
        print("\n\n".join(tables(logs, lang)))
        print()


def read_logs(data: Path) -> dict[str, pl.DataFrame]:
    """Read both logs from the folder of the data, each row with its reason to be cut or none."""
    return {
        "sf": with_cuts(read_san_francisco(data / SAN_FRANCISCO)),
        "lancaster": with_cuts(read_lancaster(data / LANCASTER)),
    }


# Reading: one row a unit response, with kind, department, hour, urgent, turnout_s, travel_s, scene_s, twice


def read_san_francisco(path: Path) -> pl.DataFrame:
    """Read the week of San Francisco; its stamps have dates."""
    raw = pl.read_csv(path, infer_schema=False)
    stamps = pl.col("^.* DtTm$").str.to_datetime("%m/%d/%Y %I:%M:%S %p")
    timed = raw.with_columns(twice=again(raw)).with_columns(stamps)
    carried = pl.col("Transport DtTm").is_not_null()
    return timed.select(
        "twice",
        kind=pl.col("Unit Type").replace_strict(SF_KINDS, default=None),
        department=pl.col("Station Area"),
        hour=pl.col("Dispatch DtTm").dt.hour().cast(pl.Int64),
        urgent=pl.col("Final Priority") == "3",
        turnout_s=gone("Dispatch DtTm", "Response DtTm"),
        travel_s=gone("Response DtTm", "On Scene DtTm"),
        scene_s=pl.when(~carried).then(gone("On Scene DtTm", "Available DtTm")),
    )


def gone(start: str, end: str) -> pl.Expr:
    """Give the seconds between two stamps with dates."""
    return (pl.col(end) - pl.col(start)).dt.total_seconds()


def read_lancaster(path: Path) -> pl.DataFrame:
    """Read the years of Lancaster; its stamps are times of day, and time in service counts from dispatch."""
    raw = pl.read_csv(path, infer_schema=False)
    seconds = pl.col("^.*_in_seconds$").cast(pl.Int64)
    timed = raw.with_columns(twice=again(raw)).with_columns(seconds)
    letters = pl.col("response_unit").str.extract(r"^([A-Z]+)\d+$")
    number = pl.col("response_unit").str.extract(r"(\d+)$").cast(pl.Int64)
    there = passed("dispatch_time", "enroute_time") + passed("enroute_time", "arrive_time")
    return timed.select(
        "twice",
        kind=lancaster_kind(letters, number),
        department=letters,
        hour=pl.col("dispatch_time_in_seconds") // 3600,
        urgent=~pl.col("call_type").str.strip_chars().str.contains(NOT_URGENT),
        turnout_s=passed("dispatch_time", "enroute_time"),
        travel_s=passed("enroute_time", "arrive_time"),
        scene_s=pl.col("time_in_service_in_seconds") - there,
    )


def lancaster_kind(letters: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Tell city crews, rural units 1 to 9 and rural units from 10 on by their call signs."""
    rural = pl.when(number < 10).then(pl.lit("first")).otherwise(pl.lit("vehicle"))
    return pl.when(letters.is_in(CITY)).then(pl.lit("city")).when(letters.is_in(RURAL)).then(rural)


def passed(start: str, end: str) -> pl.Expr:
    """Give the seconds from one time of day to another, over midnight if it is half a day too little."""
    plain = pl.col(f"{end}_in_seconds") - pl.col(f"{start}_in_seconds")
    return pl.when(plain < -DAY_S // 2).then(plain + DAY_S).otherwise(plain)


def again(raw: pl.DataFrame) -> pl.Series:
    """Mark rows that an earlier row repeats in every cell."""
    return ~raw.select(pl.struct(pl.all()).is_first_distinct()).to_series()


def with_cuts(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the first reason to leave a row out; ``None`` where it is kept."""
    turnout = pl.col("turnout_s")
    least = pl.col("kind").replace_strict(SHORTEST_S, default=IN_QUARTERS_S)
    tests = {
        "twice": pl.col("twice"),
        "not_urgent": ~pl.col("urgent"),
        "other_unit": pl.col("kind").is_null(),
        "no_stamp": turnout.is_null(),
        "absurd": ~turnout.is_between(0, LONGEST_S),
        "short": turnout < least,
    }
    return rows.with_columns(cut=pl.coalesce(pl.when(tests[cut]).then(pl.lit(cut)) for cut in CUTS))


def median_as_read(rows: pl.DataFrame, column: str) -> float:
    """Give a median of the log before any choice: only repeated rows and negative times left out."""
    times_s = rows.filter(~pl.col("twice") & (pl.col(column) >= 0))[column]
    return float(np.median(times_s.to_numpy()))


# Fitting


def kept(logs: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Give the rows that count, of both logs."""
    return pl.concat(logs.values(), how="vertical_relaxed").filter(pl.col("cut").is_null())


def chosen(rows: pl.DataFrame, group: str, band: str = "all") -> pl.DataFrame:
    """Give the rows of a group in some hours."""
    night = (pl.col("hour") >= 22) | (pl.col("hour") < 6)
    hours = {"all": pl.lit(value=True), "day": ~night, "night": night}
    return rows.filter(pl.col("kind").is_in(GROUPS[group][0]) & hours[band])


def fit(times_s: Seconds) -> Fit:
    """Fit a log-normal law to times above zero, and measure it beside its alternatives."""
    logs = np.log(times_s)
    middle, sigma = float(logs.mean()), float(logs.std())
    laws = {name: law(*law.fit(times_s, floc=0)) for name, law in CURVES.items()}
    median_95, sigma_95 = intervals(logs)
    return Fit(
        n=len(times_s),
        median_s=float(np.median(times_s)),
        p90_s=float(np.quantile(times_s, 0.9)),
        fitted_median_s=float(np.exp(middle)),
        sigma=sigma,
        fitted_p90_s=float(np.exp(middle + P90 * sigma)),
        median_95=median_95,
        sigma_95=sigma_95,
        ks={name: float(stats.kstest(times_s, law.cdf).statistic) for name, law in laws.items()},
        aic={name: float(4 - 2 * law.logpdf(times_s).sum()) for name, law in laws.items()},
    )


def intervals(logs: Seconds) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give 95 % bootstrap intervals of the fitted median and sigma; rows are drawn one by one."""
    chance = np.random.default_rng(SEED)
    draws = np.empty((2, RESAMPLES))
    for number in range(RESAMPLES):
        drawn = chance.choice(logs, len(logs))
        draws[:, number] = np.exp(drawn.mean()), drawn.std()
    low, high = np.quantile(draws, (0.025, 0.975), axis=1)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def all_fits(rows: pl.DataFrame) -> Iterator[tuple[str, str, Fit]]:
    """Fit every group in every band of hours."""
    for group in GROUPS:
        for band in BANDS:
            yield group, band, fit(chosen(rows, group, band)["turnout_s"].to_numpy().astype(float))


# Tables


def tables(logs: dict[str, pl.DataFrame], lang: str) -> list[str]:
    """Lay out all tables in ``"en"`` or ``"zh"``."""
    rows = kept(logs)
    fits = list(all_fits(rows))
    cells = {
        "cuts": [cut_cells(LOGS[log][lang], frame) for log, frame in logs.items()],
        "fits": [fit_cells(*named(group, band, lang), one) for group, band, one in fits],
        "quality": [quality_cells(GROUPS[at][1][lang], one, lang) for at, band, one in fits if band == "all"],
        "departments": [department_cells(rows, group, lang) for group in ("first", "vehicle")],
        "rest": [rest_cells(rows, group, lang) for group in GROUPS],
    }
    return [table(HEADS[name][lang].split("|"), lines) for name, lines in cells.items()]


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Lay out one Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def named(group: str, band: str, lang: str) -> tuple[str, str]:
    """Name a group and its hours."""
    return GROUPS[group][1][lang], BANDS[band][lang]


def cut_cells(name: str, rows: pl.DataFrame) -> list[str]:
    """Count what was cut from a log, and why."""
    counts = [rows.filter(pl.col("cut") == cut).height for cut in CUTS]
    left = rows.filter(pl.col("cut").is_null())["turnout_s"]
    whole = 100 * (left % 60 == 0).sum() / len(left)
    return [
        name,
        *map(str, [rows.height, *counts, len(left)]),
        f"{100 * len(left) / rows.height:.1f}",
        f"{whole:.1f}",
    ]


def fit_cells(name: str, band: str, one: Fit) -> list[str]:
    """Write one fit."""
    return [
        name, band, f"{one.n}", f"{one.median_s:.0f}", f"{one.p90_s:.0f}",
        f"{one.fitted_median_s:.0f}", span(one.median_95, 0),
        f"{one.sigma:.2f}", span(one.sigma_95, 2),
        f"{one.fitted_p90_s:.0f}", f"{one.ks['log-normal']:.3f}", f"{one.spread:.2f}",
    ]  # fmt: skip


def span(ends: tuple[float, float], digits: int) -> str:
    """Write an interval."""
    return "–".join(f"{end:.{digits}f}" for end in ends)


def quality_cells(name: str, one: Fit, lang: str) -> list[str]:
    """Write how well one fit does beside the other laws."""
    differences = [f"{one.aic[law] - one.aic['log-normal']:+.0f}" for law in ALTERNATIVES]
    best = one.best
    return [name, f"{one.ks['log-normal']:.3f}", LAWS[best][lang], f"{one.ks[best]:.3f}", *differences]


def department_cells(rows: pl.DataFrame, group: str, lang: str) -> list[str]:
    """Write how far departments with enough rows differ, and how wide each is in itself."""
    turnout = pl.col("turnout_s")
    each = chosen(rows, group).group_by("department").agg(
        n=pl.len(), median=turnout.median(), p90=turnout.quantile(0.9, "linear")
    ).filter(pl.col("n") >= FEWEST)  # fmt: skip
    spread = float(np.median(np.log(each["p90"] / each["median"]) / P90))
    medians = np.quantile(each["median"].to_numpy(), (0, 0.5, 1))
    return [GROUPS[group][1][lang], str(each.height), *(f"{value:.0f}" for value in medians), f"{spread:.2f}"]


def rest_cells(rows: pl.DataFrame, group: str, lang: str) -> list[str]:
    """Write travel (up to two hours) and time on scene (a minute to half a day) of a group's rows."""
    own = chosen(rows, group)
    travel = own.filter(pl.col("travel_s").is_between(1, 7200))["travel_s"].to_numpy()
    scene = own.filter(pl.col("scene_s").is_between(60, DAY_S // 2))["scene_s"].to_numpy()
    return [GROUPS[group][1][lang], *summary(travel), *summary(scene)]


def summary(times_s: Seconds) -> list[str]:
    """Write number, median and P90."""
    return [str(len(times_s)), f"{np.median(times_s):.0f}", f"{np.quantile(times_s, 0.9):.0f}"]


if __name__ == "__main__":
    main()
