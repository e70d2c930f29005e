"""Signs the PDF of a certificate with the key of the installation; what proves that it was ours outlives the key."""

from django.conf import settings
from django.utils import timezone

from certificates import signatures
from certificates.models import SigningKey
from lms import env


def sign(pdf: bytes) -> bytes:
    """The file with a signature by the key of today. Raises signatures.WrongKey."""
    key = private_key()
    return signatures.sign(pdf, key=key, x509=_known(key).x509)


def private_key() -> str:
    """CERTIFICATE_KEY; where none is set, one that is made once. A new one in its place signs from then on."""
    return settings.CERTIFICATE_KEY or env.kept(settings.VAR_DIR / "certificate_key", signatures.new_key)


def _known(key: str) -> SigningKey:
    """The row of the key, made when it signs for the first time. Two at once leave one."""
    digest = signatures.digest_of(key)
    known = SigningKey.objects.filter(digest=digest).first()
    if known is None:
        now = timezone.now()
        x509 = signatures.x509_for(
            key, organisation=settings.ORGANISATION_NAME, product=settings.PRODUCT_NAME, since=now.replace(microsecond=0)
        )
        known, _is_new = SigningKey.objects.get_or_create(digest=digest, defaults={"x509": x509, "first_used_at": now})
    return known
