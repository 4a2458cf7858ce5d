"""The one table of column names: what each column of a scenario's tables is called in Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

HEADERS: dict[str, tuple[str, ...]] = {
    "absence": ("缺勤率", "缺勤概率"),
    "access": ("可驶离", "可出入"),
    "after_use": ("用后检查", "使用后检查"),
    "aid": ("增援", "增援力量"),
    "amount": ("存量", "数量", "储量"),
    "area_km2": ("面积平方公里", "面积", "面积(平方公里)", "面积(km2)", "面积(km²)"),
    "at": ("时刻", "检查时刻"),
    "bays": ("维修工位", "工位数"),
    "bridge": ("桥梁", "是否桥梁"),
    "capabilities": ("能力", "能力清单"),
    "capability": ("能力",),
    "chain_note": ("报告过程", "报告经过"),
    "channels": ("联络方式", "通信方式"),
    "class": ("道路等级", "道路类别"),
    "code": ("代码", "编码", "编号"),
    "condition": ("实际状态", "实际状况"),
    "confidence": ("可信度",),
    "control_s": ("处置秒数", "处置时间(秒)"),
    "count": ("数量", "数目"),
    "crew": ("乘员组", "班组"),
    "crew_for": ("能力人数", "能力编制"),
    "crew_min": ("最少人数", "最低乘员数"),
    "crew_roles": ("乘员资格", "岗位要求"),
    "date": ("日期", "事故日期"),
    "deaths": ("死亡人数", "死亡"),
    "delivery_median_days": ("到货中位天数", "到货时间中位数(天)"),
    "delivery_sigma": ("到货离散度",),
    "every_days": ("间隔天数", "检查间隔(天)", "周期(天)"),
    "finds": ("发现率", "发现概率"),
    "first": ("首次日期", "首次检查日期"),
    "forward": ("前置站点", "前置备勤点"),
    "from": ("起点",),
    "grade": ("等级", "级别"),
    "handling_s": ("接警秒数", "接警时间(秒)"),
    "handover_s": ("交接秒数", "交接时间(秒)"),
    "hazard": ("灾种", "险种", "事故类型"),
    "holder": ("队伍或岗位", "单位"),
    "hospital": ("医院", "送往医院"),
    "hourly": ("小时分布", "时段分布"),
    "id": ("编号", "节点编号", "代码"),
    "kind": ("类别", "种类", "类型", "事件种类"),
    "known": ("登记状态", "台账状态"),
    "lat": ("纬度",),
    "length_m": ("长度米", "长度(米)", "长度"),
    "lon": ("经度",),
    "made": ("出厂日期", "生产日期"),
    "max_hours": ("连续作业上限小时", "连续作业上限(小时)"),
    "min_accident_to_alarm": ("事故至接警分钟",),
    "min_accident_to_city": ("事故至市分钟",),
    "min_accident_to_county": ("事故至县分钟",),
    "min_accident_to_province": ("事故至省分钟",),
    "min_accident_to_public_warning": ("事故至公众预警分钟",),
    "min_accident_to_unit_report": ("事故至单位报告分钟",),
    "min_alarm_to_arrival": ("接警至到场分钟",),
    "monthly": ("月份分布", "季节分布"),
    "name": ("名称", "中文名", "中文名称"),
    "name_en": ("英文名", "英文名称"),
    "oneway": ("单行", "单向", "单行道"),
    "owner": ("责任人", "责任单位", "责任主体"),
    "per_year": ("每年次数", "年均次数", "年均起数"),
    "person": ("人员", "姓名"),
    "place": ("所在地", "所在乡镇", "乡镇"),
    "population": ("人口", "常住人口"),
    "priority": ("优先级", "紧急程度"),
    "rate_factor": ("频率系数",),
    "refit_s": ("整备秒数", "整备时间(秒)"),
    "resources": ("投入力量", "出动力量"),
    "rest_h": ("休整小时", "休整时间(小时)"),
    "role": ("角色", "资格", "岗位"),
    "shift": ("班次",),
    "since": ("起始日期", "开始日期"),
    "site": ("所属场所", "所在场所"),
    "size_lat": ("格高纬度",),
    "size_lon": ("格宽经度",),
    "source": ("来源", "数据来源", "依据"),
    "speed_kph": ("时速", "车速", "车速(km/h)"),
    "standby": ("备勤方式",),
    "station": ("驻地", "所属站点", "所属队站"),
    "store": ("库房", "所在库房"),
    "t_accident": ("事故时间", "事故发生时间"),
    "t_alarm_received": ("接警时间",),
    "t_city": ("市接报时间",),
    "t_controlled": ("控制时间", "险情控制时间"),
    "t_county": ("县接报时间",),
    "t_ended": ("结束时间", "处置结束时间"),
    "t_first_team_arrival": ("首队到场时间", "首达时间"),
    "t_national": ("国家接报时间", "部接报时间"),
    "t_province": ("省接报时间",),
    "t_public_warning": ("公众预警时间",),
    "t_township": ("乡镇接报时间",),
    "t_unit_reports_to_gov": ("单位报告时间", "单位报告政府时间"),
    "team": ("队伍", "所属队伍"),
    "tested": ("检测日期", "上次检测日期"),
    "time_s": ("发生秒数", "时刻秒"),
    "to": ("终点",),
    "transport": ("转送", "是否转送"),
    "turnout_median_s": ("出动中位秒数", "出动时间中位数(秒)"),
    "turnout_sigma": ("出动离散度",),
    "type": ("装备类型", "类型"),
    "unit": ("车辆", "所在车辆"),
    "until": ("截止日期", "结束日期"),
    "vehicle_class": ("车型", "车辆类别"),
    "weight": ("权重",),
    "where": ("发生地", "地点", "位置"),
}
"""English column to its Chinese names; the first is the one shown, the others are understood too."""

SHEETS = {
    "teams": "队伍",
    "units": "车辆",
    "items": "装备",
    "stores": "库房",
    "checks": "检查",
    "posts": "值班岗位",
    "roster": "排班",
}
"""Tables that may be sheets of a workbook, and what those are called in Chinese; in the order shown."""

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


def table_named(sheet: str) -> str | None:
    """Find which table a sheet of a workbook means, in English or Chinese; None where none is meant.

    Examples
    --------
    >>> table_named("排班"), table_named("Roster"), table_named("Sheet1")
    ('roster', 'roster', None)
    """
    wanted = _folded(sheet)
    return next((table for table, title in SHEETS.items() if wanted in (table, title)), None)


def _folded(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().casefold()
