"""Makes the four font files beside this script from Debian's fonts-roboto-unhinted.

    apt-get install fonts-roboto-unhinted && pip install fonttools brotli
    python3 subset.py

Roboto has no "proportional to" sign and no arrows; this draws them, as strokes
of the weight of the face, so that a title can say "N* ∝ C^0.51".
"""

import math
import sys

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SOURCE = "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-{}.ttf"
KEPT = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "\u00a0×÷·–—…’‘“”≤≥≈±√∞−°"
    + "²³¹⁰⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉"
    + "αβγδλ"
    + "".join(map(chr, range(0xC0, 0x100)))
)


def bezier(p0, p1, p2, p3, steps=14):
    for i in range(steps + 1):
        t, u = i / steps, 1 - i / steps
        yield tuple(u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d for a, b, c, d in zip(p0, p1, p2, p3))


def stroke(pen, line, width):
    """The outline of a polyline: its left side forth, its right side back."""
    line = [p for i, p in enumerate(line) if i == 0 or p != line[i - 1]]
    left, right = [], []
    for i, (x, y) in enumerate(line):
        (x0, y0), (x1, y1) = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        length = math.hypot(x1 - x0, y1 - y0)
        nx, ny = -(y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
        left.append((round(x + nx), round(y + ny)))
        right.append((round(x - nx), round(y - ny)))
    points = right + left[::-1]
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def draw(font, char, advance, lines, width):
    pen = TTGlyphPen(None)
    for line in lines:
        stroke(pen, line, width)
    name = f"uni{ord(char):04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["glyf"][name].recalcBounds(font["glyf"])
    font["hmtx"][name] = (advance, font["glyf"][name].xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(char)] = name


for face, width in (("Regular", 150), ("Medium", 185)):
    font = TTFont(SOURCE.format(face))
    proportional = [
        *bezier((1270, 920), (1010, 920), (900, 330), (500, 330)),
        *bezier((500, 330), (50, 330), (50, 920), (500, 920)),
        *bezier((500, 920), (900, 920), (1010, 330), (1270, 330)),
    ]
    draw(font, "∝", 1380, [proportional], width)
    draw(font, "→", 1500, [[(130, 620), (1300, 620)], [(960, 960), (1320, 620), (960, 280)]], width)
    draw(font, "←", 1500, [[(200, 620), (1370, 620)], [(540, 280), (180, 620), (540, 960)]], width)
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    subsetter = Subsetter(options)
    subsetter.populate(text=KEPT + "∝→←")
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same bytes whenever this is run
    font.recalcTimestamp = False
    for flavor, suffix in ((None, "ttf"), ("woff2", "woff2")):
        font.flavor = flavor
        font.save(f"{sys.path[0]}/roboto-{face.lower()}.{suffix}")
