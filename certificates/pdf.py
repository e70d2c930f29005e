"""Draws a certificate: plain values in, PDF bytes out. A4 landscape, tagged, PDF/UA-1."""

import base64
from dataclasses import dataclass
from pathlib import Path

import segno
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

FONTS = Path(__file__).parent / "fonts"


@dataclass(frozen=True)
class Look:
    """The page as HTML and CSS; nothing in it may name anything outside."""

    html: str
    css: str


def draw(look: Look) -> bytes:
    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=["file", "data"])
    document = HTML(string=look.html, base_url=FONTS.as_uri() + "/", url_fetcher=fetcher)
    return document.write_pdf(
        stylesheets=[CSS(string=look.css, font_config=fonts, base_url=FONTS.as_uri() + "/")],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
    )


def qr_picture(text: str) -> str:
    """The text as a QR code, an SVG in a data: address."""
    svg = segno.make(text, error="m", micro=False).svg_inline(scale=4, border=0)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
