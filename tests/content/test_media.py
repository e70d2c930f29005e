"""Pictures that editors upload: what is no picture is refused, and what a camera writes beside one is not kept."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Collection

from content.models import Picture

MAKER, PLACE, TURNED = 0x010F, 0x8825, 0x0112
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def photograph(kind: str) -> bytes:
    """Lies on its side, and knows where and by whom it was taken."""
    picture, content = Image.new("RGB", (60, 40), "white"), BytesIO()
    picture.putpixel((0, 0), (255, 0, 0))
    exif = picture.getexif()
    exif[MAKER], exif[TURNED] = "A shelter", 6
    exif.get_ifd(PLACE).update({1: "N", 2: (41.0, 59.0, 47.0)})
    picture.save(content, kind, exif=exif)
    return content.getvalue()


def upload(client, name: str, content: bytes, address: str = "/admin/images/add/"):
    sent = {"title": "A picture", "tags": "", "source": "", "collection": Collection.get_first_root_node().pk}
    kind = f"image/{name.rpartition('.')[2]}"
    return client.post(address, sent | {"file": SimpleUploadedFile(name, content, kind)})


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_threat_21_a_photograph_keeps_neither_place_nor_owner(signed_in, cast, kind):
    answer = upload(signed_in(cast.trainer), f"photo.{kind}", photograph(kind))

    picture = Picture.objects.get()
    kept = [picture.file.open().read(), *(picture.get_rendition(spec).file.open().read() for spec in ("original", "width-30"))]
    assert answer.status_code == 302
    assert [b"A shelter" in content for content in kept] == [False] * 3
    assert [dict(Image.open(BytesIO(content)).getexif()) for content in kept] == [{}] * 3


def test_it_stands_the_right_way_up_all_the_same(signed_in, cast):
    upload(signed_in(cast.trainer), "photo.png", photograph("png"))

    picture = Picture.objects.get()
    assert (picture.width, picture.height, picture.file_size) == (40, 60, len(picture.file.open().read()))
    assert Image.open(picture.file.open()).getpixel((39, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.svg", SCRIPT),
        ("drawing.png", SCRIPT),
        ("page.html", b"<script>alert(1)</script>"),
        ("old.gif", b"GIF89a<script>alert(1)</script>"),
        ("half.jpeg", b"\xff\xd8\xff<script>alert(1)</script>"),
        ("big.png", b"\x89PNG\r\n\x1a\n" + b"0" * 9_000_000),
    ],
)
def test_threat_21_what_is_no_picture_is_refused(signed_in, cast, name, content):
    answer = upload(signed_in(cast.trainer), name, content)

    assert (answer.status_code, Picture.objects.count()) == (200, 0)


def test_a_picture_that_unpacks_to_far_too_much_is_refused(signed_in, cast, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)

    answer = upload(signed_in(cast.trainer), "photo.png", photograph("png"))

    assert (answer.status_code, Picture.objects.count()) == (200, 0)


def test_a_picture_of_more_pixels_than_a_web_server_can_hold_is_refused(signed_in, cast):
    made = BytesIO()
    Image.new("1", (10_000, 5_001)).save(made, "png")

    answer = upload(signed_in(cast.trainer), "large.png", made.getvalue())

    assert "too many pixels (50010000)" in answer.text
    assert not Picture.objects.exists()


def test_a_picture_that_hides_a_page_is_served_as_a_picture(signed_in, cast):
    """The bytes after the picture are gone, and what is served cannot run."""
    upload(signed_in(cast.trainer), "both.png", photograph("png") + SCRIPT)

    answer = signed_in(cast.lea).get(f"/media/{Picture.objects.get().file.name}")

    assert b"script" not in b"".join(answer.streaming_content)
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")


@pytest.mark.parametrize("who", ["lea", "hr", "focal"])
def test_who_is_no_editor_uploads_nothing(signed_in, cast, who):
    answers = [
        upload(signed_in(getattr(cast, who)), "photo.png", photograph("png"), address)
        for address in ("/admin/images/add/", "/admin/images/multiple/add/", "/admin/images/chooser/create/")
    ]

    assert ([answer.status_code for answer in answers], Picture.objects.count()) == ([403] * 3, 0)
