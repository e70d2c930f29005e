import re
from ipaddress import ip_network

from lms.jobs import running
from tests.lms.xapi.past import record, said


def test_figures_are_for_the_token_or_a_named_network_only(client, db, settings):
    settings.METRICS_TOKEN = "a-long-token"

    statuses = [
        client.get("/metrics").status_code,
        client.get("/metrics", headers={"authorization": "Bearer another"}).status_code,
        client.get("/metrics", headers={"authorization": "Bearer a-long-token"}).status_code,
    ]
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "", [ip_network("127.0.0.0/8")]
    statuses += [client.get("/metrics").status_code, client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code]

    assert statuses == [404, 404, 200, 200, 404]


def test_threat_33_they_count_answers_by_route_and_tell_what_waits_and_name_nobody(signed_in, cast, course, settings):
    settings.METRICS_TOKEN = "a-long-token"
    record(said("answered"))
    running.beat()
    client = signed_in(cast.lea)
    client.get("/learn/tst/?q=marker-7f3a")

    lines = client.get("/metrics", headers={"authorization": "Bearer a-long-token"}).content.decode()

    for name in (
        'learning_answers_total{method="GET",route="courses:course",status="200"}',
        'learning_answer_seconds_count{route="courses:course"}',
        'learning_mails{state="waiting"} 0.0',
        "learning_queue_length ",
        "learning_worker_silence_seconds ",
    ):
        assert name in lines
    assert float(re.search(r"^learning_statements (.*)$", lines, re.M)[1]) >= 1
    assert [secret for secret in ("marker-7f3a", str(cast.lea.uuid), cast.lea.email, "tst") if secret in lines] == []
