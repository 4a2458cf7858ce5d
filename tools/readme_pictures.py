"""Make the pictures of the READMEs from a run's figures: ``python tools/readme_pictures.py RUN``."""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 760
PICTURES = ("response-map-places", "response-times")


def main() -> None:
    """Shrink each picture in both languages to what a page shows."""
    figures = Path(sys.argv[1]) / "figures"
    target = ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    for name in (f"{picture}-{lang}.png" for picture in PICTURES for lang in ("en", "zh")):
        picture = Image.open(figures / name).convert("RGB")
        size = (WIDTH, round(picture.height * WIDTH / picture.width))
        small = picture.resize(size, Image.Resampling.LANCZOS)
        small.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            target / name, optimize=True
        )
        print(f"{target / name}: {(target / name).stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
