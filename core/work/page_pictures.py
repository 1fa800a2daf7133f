"""Draw the first pages of a PDF: ``python -I page_pictures.py FILE.pdf FOLDER MOST``. A process apart."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it brings no types

WIDTH, TALLEST = 1100, 3000  # pixels of a picture


def main(file: str, folder: str, most: str) -> None:
    """Write 001.png, 002.png … and, last of all, how many pages there are, into ``pages``."""
    document = pypdfium2.PdfDocument(file)
    for number in range(min(len(document), int(most))):
        page = document[number]
        scale = min(WIDTH / max(page.get_width(), 1), TALLEST / max(page.get_height(), 1))
        page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(Path(folder) / f"{number + 1:03}.png")
    (Path(folder) / "pages").write_text(str(len(document)))


if __name__ == "__main__":
    main(*sys.argv[1:])
