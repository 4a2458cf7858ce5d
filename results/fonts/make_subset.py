"""How the report's Chinese font was made: Noto Sans SC, cut down to the characters a county writes.

Run by hand, only when the set of characters changes::

    python results/fonts/make_subset.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The source is Debian's ``fonts-noto-cjk`` (Noto Sans CJK 2.004, SIL Open Font License 1.1). A changed font
must not carry a reserved name, so the subset is called Beiqin Sans SC; its licence, ``OFL.txt``, stands
beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FAMILY = "Beiqin Sans SC"
FACE = 2  # the simplified-Chinese face of the collection

HANZI_ROWS = range(0xB0, 0xF8)
"""Rows of GB 2312 that hold its 6,763 characters."""

BEYOND_GB2312 = (
    "镕喆堃玥珺昉旸曈炘烨翀赟頔祎祺璟玙珩琚珮瑨瑄璐韫婳嫄嬅昇昊晞暐晔煜煊熠燚犇骉垚淼湉潆滢濛瀚"
    "垟埇埗埼堉塅塆塝墈墘塬岽峁崀崚嵖嵚嶝峧峂峣圲坜坉垏埕埔洑洣浉涢淏湴溇漈潖澥浐沣滍淠洨沕漷洈涠溳"
    "碶磜碚磏礤硇硚筼簕粄菉萩葑蓥蓢蒗藠邡郓鄄鄞郫陉陴隈屾峃嶨岙岚槾榀梽桄栌柷枥杧旴旮亓仝伋伲佤俅偲"
    "瞭乾於凉喫著劢铚铻锜锽镠镤鄌鄘鄠酂酇靬颙飏飐魟鲃鲄鳑鸤鸮麯黉砼粳钚钘钆氡氘氚氙汆呋喃吡啶咪唑酰胩"
    "苊苷茚萘蒎蒽蔸蘧䓖㙍㳇䲟"
)
"""Characters of place names, people's names and chemicals that GB 2312 lacks."""

LATIN_AND_SIGNS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "".join(map(chr, range(0xA0, 0x100)))
    + "–—‘’“”…‰′″‹›€™←↑→↓↔⇒∈∑√∞∠∥∩∪∫≈≠≡≤≥⊙■□▲△▼▽◆◇○◎●★☆♀♂Ωαβγδεθλμπρσφ"
    + "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ①②③④⑤⑥⑦⑧⑨⑩㎡℃⁻¹²³₀₁₂₃₄₅₆₇₈₉−×÷±·"
    + "".join(map(chr, range(0x3001, 0x3018)))
    + "".join(map(chr, range(0xFF01, 0xFF5F)))
    + "￥"
)


def main(source: str, target: str) -> None:
    """Cut the face down and write it as OpenType."""
    options = subset.Options(
        font_number=FACE, hinting=False, layout_features=["kern"], name_IDs=[0, 5, 7, 13, 14]
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    rename(font)
    font.save(target)


def characters() -> set[int]:
    """List the code points kept."""
    columns = range(0xA1, 0xFF)
    cells = (bytes([row, column]) for row in HANZI_ROWS for column in columns)
    hanzi = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    return {ord(character) for character in hanzi + BEYOND_GB2312 + LATIN_AND_SIGNS}


def rename(font: TTFont) -> None:
    """Give the subset its own name, as its licence asks."""
    names = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} 1.0", 4: FAMILY, 6: FAMILY.replace(" ", "") + "-Regular"}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [names[6]]
    top[0].FullName = top[0].FamilyName = FAMILY


if __name__ == "__main__":
    main(sys.argv[1], str(Path(__file__).with_name("BeiqinSansSC-Regular.otf")))
