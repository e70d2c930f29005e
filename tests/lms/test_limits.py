from lms import limits


def at(monkeypatch, second: float) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: second)


def test_as_many_tries_pass_as_are_allowed(monkeypatch):
    at(monkeypatch, 1000)

    assert [limits.take("door", tries=3, seconds=60) for _ in range(5)] == [True, True, True, False, False]


def test_another_key_counts_for_itself(monkeypatch):
    at(monkeypatch, 1000)
    limits.take("door", tries=1, seconds=60)

    assert limits.take("gate", tries=1, seconds=60) is True


def test_the_next_window_begins_anew(monkeypatch):
    at(monkeypatch, 1019)
    tries = [limits.take("door", tries=1, seconds=60) for _ in range(2)]
    at(monkeypatch, 1020)

    assert [*tries, limits.take("door", tries=1, seconds=60)] == [True, False, True]
