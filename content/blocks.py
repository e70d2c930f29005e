"""What editors compose screens, guides and site pages from. Each block names its template; none holds a rule."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class TextBlock(blocks.RichTextBlock):
    """Wagtail gives its editor no name that a screen reader could say."""

    def __init__(self, **kwargs):
        super().__init__(features=TEXT_FEATURES, **kwargs)

    @cached_property
    def field(self):
        field = super().field
        field.widget.options["ariaLabel"] = _("Text")
        return field


class HeadingBlock(blocks.CharBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.field.widget.attrs["aria-label"] = _("Heading")

    class Meta:
        icon = "title"
        template = "content/blocks/heading.html"


class ProseBlock(TextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "content/blocks/prose.html"


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(help_text=_("Say in words what the picture says, or mark it as decorative."))
    caption = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        icon = "image"
        template = "content/blocks/picture.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("note", _("note")), ("remember", _("remember")), ("careful", _("careful"))], default="note"
    )
    title = blocks.CharBlock(max_length=120)
    text = TextBlock()

    class Meta:
        icon = "info-circle"
        template = "content/blocks/callout.html"


class FactBlock(SnippetChooserBlock):
    def __init__(self, **kwargs):
        super().__init__("content.Fact", **kwargs)

    class Meta:
        icon = "circle-check"
        label = _("Fact")
        template = "content/blocks/fact.html"


class ContactBlock(blocks.StructBlock):
    """The reader's own contacts; the page itself holds no number."""

    audience = blocks.ChoiceBlock(
        choices=[("staff", _("for you as staff")), ("person", _("for a person you meet"))], default="staff"
    )

    class Meta:
        icon = "mobile-alt"
        label = _("Contacts")
        template = "content/blocks/contact.html"


class CareBlock(blocks.StaticBlock):
    """What to do if this is heavy, with the reader's own people to talk to."""

    class Meta:
        icon = "help"
        label = _("Care")
        admin_text = _("Four small steps, and whom to talk to.")
        template = "content/blocks/care.html"


def reading_blocks() -> list[tuple[str, blocks.Block]]:
    return [
        ("heading", HeadingBlock()),
        ("text", ProseBlock()),
        ("picture", PictureBlock()),
        ("callout", CalloutBlock()),
        ("fact", FactBlock()),
        ("contact", ContactBlock()),
        ("care", CareBlock()),
    ]


class ReadingBlocks(blocks.StreamBlock):
    """For pages that anybody may read: no contacts, which are somebody's own."""

    def __init__(self, **kwargs):
        super().__init__(reading_blocks()[:5], **kwargs)


class GuideSection(blocks.StructBlock):
    title = blocks.CharBlock(max_length=255)
    text = TextBlock()

    class Meta:
        icon = "doc-full"
        label = _("Section")
        template = "content/blocks/guide_section.html"


class GuideSections(blocks.StreamBlock):
    section = GuideSection()


class ContactLine(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[
            ("emergency", _("emergency number")),
            ("helpline", _("national anti-trafficking helpline")),
            ("child-helpline", _("child helpline")),
            ("asylum", _("asylum information")),
            ("organisation", _("specialised organisation")),
            ("authority", _("national referral authority")),
            ("focal-point", _("focal point")),
            ("duty-officer", _("duty officer")),
            ("counsellor", _("staff counsellor")),
            ("oversight", _("internal oversight reporting")),
        ]
    )
    audience = blocks.ChoiceBlock(choices=[("staff", _("for you as staff")), ("person", _("for a person you meet"))])
    name = blocks.CharBlock(max_length=120)
    number = blocks.CharBlock(max_length=80, help_text=_("A telephone number or an address."))
    hours = blocks.CharBlock(required=False, max_length=120, help_text=_("Hours and languages."))
    cost = blocks.CharBlock(required=False, max_length=80)

    class Meta:
        icon = "mobile-alt"
        label = _("Line")


class ContactLines(blocks.StreamBlock):
    line = ContactLine()
