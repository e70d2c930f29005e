"""Fields shared by content models."""

from typing import Any

from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField whose blocks stay out of migrations: they change often and the column never does."""

    def deconstruct(self):
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup")
        no_blocks: list[Any] = []
        return name, path, [no_blocks], kwargs
