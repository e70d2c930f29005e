"""The verification page for anybody, the PDF for its holder, and withdrawal for administrators."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import issuing, rendering, verification
from certificates.forms import CodeForm, NameForm, WithdrawForm
from certificates.models import Certificate, SigningKey
from lms import limits
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.refusals import NotAllowed


@csrf_exempt  # changes nothing, and sets no cookie
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request, code):
    """Valid, expired, withdrawn or unknown; a typed name is answered with "matches" or "does not match"."""
    if not limits.take(f"verify:{get_adapter().get_client_ip(request)}", tries=60, seconds=60):
        return render(request, "certificates/too_many.html", status=429)
    finding = verification.look_up(code, day=today())
    form = NameForm(request.POST or None)
    context = {"finding": finding, "form": form, "match": None}
    if finding.certificate and request.method == "POST" and form.is_valid():
        if not limits.take(f"verify-name:{finding.certificate.pk}", tries=5, seconds=3600):
            return render(request, "certificates/too_many.html", status=429)
        context["match"] = verification.is_name(finding.certificate, form.cleaned_data["name"])
    status = 404 if finding.certificate is None else 200
    return render(request, "certificates/verify.html", context, status=status)


@login_not_required
@require_safe
def ask(request):
    """Where somebody types the code who cannot read the QR code."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("certificates:verify", code=verification.normal(form.cleaned_data["code"]) or "-")
    return render(request, "certificates/ask.html", {"form": form, "keys": SigningKey.objects.all()})


@login_not_required
@require_safe
def keys(request):
    """What a PDF reader needs to know our signatures by: every key that ever signed, the newest first."""
    content = "".join(SigningKey.objects.values_list("x509", flat=True))
    return HttpResponse(content, "application/x-pem-file", headers={"Content-Disposition": 'attachment; filename="keys.pem"'})


@needs("P6")
@require_safe
def pdf(request, code):
    certificate = find(request, Certificate.objects.filter(person__in=access.people(request.user, "P6")), code=code)
    recording.opened(request.user, certificate.person, "certificate PDF")
    if not certificate.drawn_at:
        rendering.draw(certificate.pk)
        certificate.refresh_from_db()
    return FileResponse(certificate.pdf.open(), as_attachment=True, filename=f"certificate-{certificate.course_code}.pdf".lower())


@needs("P6", "W")
@require_safe
def register(request):
    """All certificates, for administrators."""
    wanted = request.GET.get("q", "").strip()
    rows = Certificate.objects.select_related("person", "withdrawn_by").order_by("-issued_at")
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(code=verification.normal(wanted)))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    recording.searched(request.user, "certificates", wanted, len(page.object_list))
    return render(request, "certificates/register.html", {"page": page, "q": wanted, "today": today(), "form": WithdrawForm()})


@needs("P6", "W")
@require_POST
def withdraw(request, code):
    certificate = find(request, Certificate.objects.filter(person__in=access.people(request.user, "P6", "W")), code=code)
    form = WithdrawForm(request.POST)
    try:
        issuing.withdraw(certificate, by=request.user, reason=form.data.get("reason", "")[:300])
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The certificate is withdrawn. Its page says so from now on."))
    return redirect("certificates:register")
