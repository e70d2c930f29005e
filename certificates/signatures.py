"""Signatures in PDF files: PAdES baseline B-B (ETSI EN 319 142-1, 5 and 6) in ISO 32000-2, 12.8, with ECDSA on P-256 and SHA-256.

Keys and what speaks for them in public are PEM texts: a key is PKCS #8 or SEC 1, not encrypted; `x509` is one of RFC 5280, and
called by its standard because "certificate" has another meaning here.
"""

import hashlib
import io
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import (
    BasicConstraints,
    CertificateBuilder,
    KeyUsage,
    Name,
    NameAttribute,
    load_pem_x509_certificate,
    random_serial_number,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Signature"
# Certificates are shown long after their key went out of use: what it signed is to be read as good for a working life.
LIFE = timedelta(days=40 * 365)
# What is on no page needs no place among the tags (ISO 14289-1, 7.18.1).
HIDDEN = fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True)
RESERVED = 4096  # characters of the file that hold the signature; one takes about 2,200


class State(Enum):
    GOOD = "good"
    NONE = "none"
    WRONG = "wrong"


class WrongKey(ValueError):
    """The text is no private key that signs here; the message says what to do."""


def new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def digest_of(key: str) -> str:
    """Names a key and betrays nothing: SHA-256 of its public half (SubjectPublicKeyInfo), in hexadecimal. Raises WrongKey."""
    public = _read(key).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def fingerprint_of(x509: str) -> str:
    """SHA-256 of it as PDF readers show it: pairs of hexadecimal digits."""
    return load_pem_x509_certificate(x509.encode()).fingerprint(hashes.SHA256()).hex(" ").upper()


def x509_for(key: str, *, organisation: str, product: str, since: datetime) -> str:
    """What tells a PDF reader whose key this is, signed by the key itself; good for documents only. Raises WrongKey."""
    private = _read(key)
    name = Name([NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]), NameAttribute(NameOID.COMMON_NAME, product[:64])])
    usage = KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = CertificateBuilder(name, name, private.public_key(), random_serial_number(), since, since + LIFE)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def sign(pdf: bytes, *, key: str, x509: str) -> bytes:
    """The file with one signature over all of it, not seen on the page, after which nothing may be changed. Raises WrongKey."""
    private = _read(key).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(_load(x509), PrivateKeyInfo.load(private), SimpleCertificateStore())
    what = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    place = fields.SigFieldSpec(FIELD, readable_field_name=FIELD, invis_sig_settings=HIDDEN)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return signers.sign_pdf(writer, what, signer, new_field_spec=place, bytes_reserved=RESERVED).getvalue()


def state_of(pdf: bytes, *, known: Collection[str]) -> State:
    """How the signature of a file stands: good where the key of one of the known X.509 made it, over the whole file."""
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not found:
            return State.NONE
        context = ValidationContext(trust_roots=[_load(x509) for x509 in known], allow_fetching=False)
        status = validate_pdf_signature(found[0], context)
    except (PdfReadError, ValueError):
        return State.WRONG
    is_whole = len(found) == 1 and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return State.GOOD if is_whole and status.bottom_line else State.WRONG


def _read(key: str) -> ec.EllipticCurvePrivateKey:
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongKey(f"This is no private key in PEM that can be read without a password: {error}.") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != ec.SECP256R1.name:
        raise WrongKey("This key is no elliptic curve key on P-256 (prime256v1).")
    return private


def _load(x509: str) -> Certificate:
    return Certificate.load(load_pem_x509_certificate(x509.encode()).public_bytes(Encoding.DER))
