"""Addresses of signing in, accounts, organisations and security."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import (
    views_account,
    views_imports,
    views_oidc,
    views_organisations,
    views_people,
    views_security,
    views_signin,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views_signin.sign_in, name="sign_in"),
    path("sign-in/code/", views_signin.sign_in_code, name="sign_in_code"),
    path("sign-in/oidc/", views_oidc.oidc_start, name="oidc_start"),
    path("sign-in/oidc/return/", views_oidc.oidc_return, name="oidc_return"),
    path("sign-out/", views_signin.sign_out, name="sign_out"),
    path("confirm/", views_signin.step_up, name="step_up"),
    path("account/", views_account.account, name="account"),
    path("account/password/", views_account.change_password, name="change_password"),
    path("account/totp/", views_account.totp_setup, name="totp_setup"),
    path("account/totp/off/", views_account.totp_off, name="totp_off"),
    path("account/sessions/", views_account.my_sessions, name="my_sessions"),
    path("account/sessions/end-others/", views_account.end_other_sessions, name="end_other_sessions"),
    path("account/deputies/", views_account.deputies, name="deputies"),
    path("account/deputies/<int:deputy_id>/revoke/", views_account.revoke_deputy, name="revoke_deputy"),
    path("sessions/<int:session_id>/end/", views_account.end_session, name="end_session"),
    path("organisations/", views_organisations.organisations, name="organisations"),
    path("organisations/<int:organisation_id>/", views_organisations.organisation, name="organisation"),
    path(
        "organisations/<int:organisation_id>/add/",
        views_organisations.add_organisation,
        name="add_organisation",
    ),
    path(
        "organisations/<int:organisation_id>/edit/",
        views_organisations.edit_organisation,
        name="edit_organisation",
    ),
    path(
        "organisations/<int:organisation_id>/close/",
        views_organisations.close_organisation,
        name="close_organisation",
    ),
    path(
        "organisations/<int:organisation_id>/reopen/",
        views_organisations.reopen_organisation,
        name="reopen_organisation",
    ),
    path("organisations/<int:organisation_id>/groups/add/", views_organisations.add_group, name="add_group"),
    path("organisations/<int:organisation_id>/people/add/", views_people.add_person, name="add_person"),
    path("groups/<int:group_id>/", views_organisations.group, name="group"),
    path("groups/members/<int:member_id>/retire/", views_organisations.retire_member, name="retire_member"),
    path("people/", views_people.people, name="people"),
    path("people/<int:user_id>/", views_people.person, name="person"),
    path("people/<int:user_id>/edit/", views_people.edit_person, name="edit_person"),
    path("people/<int:user_id>/post/", views_people.change_post, name="change_post"),
    path("people/<int:user_id>/password/", views_people.reset_password, name="reset_password"),
    path("people/<int:user_id>/disable/", views_people.disable_person, name="disable_person"),
    path("people/<int:user_id>/enable/", views_people.enable_person, name="enable_person"),
    path("people/<int:user_id>/totp/clear/", views_people.clear_totp, name="clear_totp"),
    path("people/import/<slug:kind>/", views_imports.people_import, name="people_import"),
    path("people/import/<slug:kind>/template/", views_imports.people_template, name="people_template"),
    path("people/export/<slug:kind>/", views_imports.people_export, name="people_export"),
    path("people/batches/<int:batch_id>/", views_imports.people_batch, name="people_batch"),
    path(
        "people/batches/<int:batch_id>/accept/", views_imports.people_batch_accept, name="people_batch_accept"
    ),
    path(
        "people/batches/<int:batch_id>/discard/",
        views_imports.people_batch_discard,
        name="people_batch_discard",
    ),
    path("security/", views_security.security, name="security"),
    path("security/<int:user_id>/release/", views_security.release_lock, name="release_lock"),
]
