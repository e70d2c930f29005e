from django.urls import path

from lms.reports import explorer, matrix, persons, store, views

app_name = "reports"
urlpatterns = [
    path("", views.table, name="table"),
    path("csv", views.table_csv, name="table_csv"),
    path("course/<slug:code>/", views.people, name="people"),
    path("course/<slug:code>/csv", views.people_csv, name="people_csv"),
    path("person/<uuid:person>/", persons.person, name="person"),
    path("person/<uuid:person>/<slug:code>/", persons.explanation, name="explanation"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/new/", matrix.new_line, name="new_line"),
    path("matrix/<int:line>/", matrix.line, name="line"),
    path("matrix/<int:line>/end/", matrix.ask_end, name="ask_end"),
    path("matrix/<int:line>/end/now/", matrix.end_line, name="end_line"),
    path("names/", views.names, name="names"),
    path("names/<uuid:person>/", views.decide_name, name="decide_name"),
    path("forwarding/", views.forwarding, name="forwarding"),
    path("access/", views.access_log, name="access_log"),
    path("access/csv", views.access_log_csv, name="access_log_csv"),
    path("statements/", explorer.statements, name="statements"),
    path("statements/cases/", explorer.cases, name="cases"),
    path("statements/cases/open/", explorer.open_case, name="open_case"),
    path("statements/cases/<int:case>/", explorer.case, name="case"),
    path("store/", store.listed, name="clients"),
    path("store/faults/", store.faults, name="faults"),
    path("store/undo/<uuid:request_id>/", store.undo_request, name="undo_request"),
    path("store/undo/<uuid:request_id>/agree/", store.agree, name="agree_undo"),
    path("store/clients/<slug:client_key>/", store.client, name="client"),
    path("store/clients/<slug:client_key>/withdraw/", store.withdraw, name="withdraw_client"),
    path("store/clients/<slug:client_key>/renew/", store.renew, name="renew_client"),
    path("store/clients/<slug:client_key>/undo/", store.touched, name="touched"),
    path("store/clients/<slug:client_key>/undo/ask/", store.ask, name="ask_undo"),
]
