"""The one table of column names: what each column of a scenario's CSV files is called in Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

HEADERS: dict[str, tuple[str, ...]] = {
    "access": ("可驶离", "可出入"),
    "area_km2": ("面积平方公里", "面积", "面积(平方公里)", "面积(km2)", "面积(km²)"),
    "bridge": ("桥梁", "是否桥梁"),
    "capabilities": ("能力", "能力清单"),
    "capability": ("能力",),
    "class": ("道路等级", "道路类别"),
    "code": ("代码", "编码", "编号"),
    "control_s": ("处置秒数", "处置时间(秒)"),
    "count": ("数量", "数目"),
    "from": ("起点",),
    "grade": ("等级", "级别"),
    "handling_s": ("接警秒数", "接警时间(秒)"),
    "handover_s": ("交接秒数", "交接时间(秒)"),
    "hospital": ("医院", "送往医院"),
    "hourly": ("小时分布", "时段分布"),
    "id": ("编号", "节点编号", "代码"),
    "kind": ("类别", "种类", "类型", "事件种类"),
    "lat": ("纬度",),
    "length_m": ("长度米", "长度(米)", "长度"),
    "lon": ("经度",),
    "monthly": ("月份分布", "季节分布"),
    "name": ("名称", "中文名", "中文名称"),
    "name_en": ("英文名", "英文名称"),
    "oneway": ("单行", "单向", "单行道"),
    "owner": ("责任人", "责任单位", "责任主体"),
    "per_year": ("每年次数", "年均次数", "年均起数"),
    "place": ("所在地", "所在乡镇", "乡镇"),
    "population": ("人口", "常住人口"),
    "priority": ("优先级", "紧急程度"),
    "rate_factor": ("频率系数",),
    "refit_s": ("整备秒数", "整备时间(秒)"),
    "size_lat": ("格高纬度",),
    "size_lon": ("格宽经度",),
    "source": ("来源", "数据来源", "依据"),
    "speed_kph": ("时速", "车速", "车速(km/h)"),
    "station": ("驻地", "所属站点", "所属队站"),
    "time_s": ("发生秒数", "时刻秒"),
    "to": ("终点",),
    "transport": ("转送", "是否转送"),
    "turnout_median_s": ("出动中位秒数", "出动时间中位数(秒)"),
    "turnout_sigma": ("出动离散度",),
    "vehicle_class": ("车型", "车辆类别"),
    "weight": ("权重",),
    "where": ("发生地", "地点", "位置"),
}
"""English column to its Chinese names; the first is the one shown, the others are understood too."""

TIME_BY_PROFILE = ("time_", "_s")
TIME_BY_PROFILE_ZH = ("用时_", "_秒")


def chinese_header(column: str) -> str:
    """Tell the Chinese name of a column (the column's own name where it has none).

    Examples
    --------
    >>> chinese_header("lon"), chinese_header("time_engine_s")
    ('经度', '用时_engine_秒')
    """
    if column in HEADERS:
        return HEADERS[column][0]
    start, end = TIME_BY_PROFILE
    if column.startswith(start) and column.endswith(end) and len(column) > len(start) + len(end):
        return TIME_BY_PROFILE_ZH[0] + column[len(start) : -len(end)] + TIME_BY_PROFILE_ZH[1]
    return column


def column_named(header: str, columns: Iterable[str]) -> str | None:
    """Find which of a table's columns a header means, in English or Chinese; None where none is meant.

    Width of letters and brackets, upper and lower case, and spaces around do not matter.

    Examples
    --------
    >>> column_named(" 面积（平方公里） ", ["code", "area_km2"])
    'area_km2'
    >>> column_named("height", ["code", "area_km2"]) is None
    True
    """
    wanted = _folded(header)
    for column in columns:
        if wanted in map(_folded, (column, chinese_header(column), *HEADERS.get(column, ()))):
            return column
    return None


def _folded(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().casefold()
