from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from council.web import nothing_here
from reporting.pages.legal import Legal

admin.site.site_header = "Set-up"
admin.site.site_title = "Set-up"
admin.site.index_title = "Set up the council"
setattr(admin.site, "login", secure_admin_login(admin.site.login))  # noqa: B010 -- in the place of a method of Django's

urlpatterns = [
    path("", include("recruitment.urls")),
    path("", include("placements.urls")),
    path("", include("money.urls")),
    path("", include("reporting.urls")),
    path("accounts/", include("council.account_urls")),
    # Django's own door to a row of any table, and its second page of passwords: closed, and led to ours.
    path("admin/r/<path:rest>", nothing_here),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path(
        "accessibility/",
        login_not_required(Legal.as_view(template_name="legal/accessibility.html")),
        name="accessibility",
    ),
    path("privacy/", login_not_required(Legal.as_view(template_name="legal/privacy.html")), name="privacy"),
    path("cookies/", login_not_required(Legal.as_view(template_name="legal/cookies.html")), name="cookies"),
]
handler403 = "council.web.forbidden"
handler500 = "council.web.server_error"
