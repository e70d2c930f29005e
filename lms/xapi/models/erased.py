"""Which statements lost their person, so that seals go on saying that nothing else was changed."""

from django.db import models


class ErasedStatement(models.Model):
    """`was_sha256` is what the seal of its day counts; `now_sha256` is the body that stands there since."""

    seq = models.BigIntegerField(primary_key=True)
    was_sha256 = models.CharField(max_length=64)
    now_sha256 = models.CharField(max_length=64)
    erased_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return str(self.seq)
