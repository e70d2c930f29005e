import stat

import pytest

from lms import env


def test_a_text_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("COLOUR", "blue")

    assert env.text("COLOUR", "red") == "blue"


def test_a_text_comes_from_the_file_that_is_named(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("COLOUR_FILE", str(tmp_path / "secret"))

    assert env.text("COLOUR", "red") == "from the file"


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_or_an_empty_value_means_the_default(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("COLOUR", raising=False)
    else:
        monkeypatch.setenv("COLOUR", value)

    read = (env.text("COLOUR", "red"), env.flag("COLOUR", True), env.number("COLOUR", 7), env.listing("COLOUR"))

    assert read == ("red", True, 7, [])


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COLOUR_FILE", str(tmp_path / "nothing"))

    with pytest.raises(env.WrongSetting, match="^COLOUR_FILE names a file that cannot be read: "):
        env.text("COLOUR")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("yes", True), ("True", True), ("ON", True), ("0", False), ("no", False), ("False", False), ("off", False)],
)
def test_a_flag_is_read_in_words(monkeypatch, value, expected):
    monkeypatch.setenv("SWITCH", value)

    assert env.flag("SWITCH", not expected) is expected


@pytest.mark.parametrize("value", ["2", "maybe", "tru", " 1"])
def test_a_flag_that_is_neither_is_loud(monkeypatch, value):
    monkeypatch.setenv("SWITCH", value)

    with pytest.raises(env.WrongSetting, match="^SWITCH must be 1 or 0, not "):
        env.flag("SWITCH")


def test_a_number_is_read(monkeypatch):
    monkeypatch.setenv("COUNT", "12")

    assert env.number("COUNT", 3) == 12


@pytest.mark.parametrize("value", ["twelve", "1.5", "1 2"])
def test_a_number_that_is_none_is_loud(monkeypatch, value):
    monkeypatch.setenv("COUNT", value)

    with pytest.raises(env.WrongSetting, match="^COUNT must be a whole number, not "):
        env.number("COUNT", 3)


def test_a_listing_leaves_out_what_is_empty(monkeypatch):
    monkeypatch.setenv("HOSTS", " one.test, ,two.test,")

    assert env.listing("HOSTS") == ["one.test", "two.test"]


def test_a_secret_is_made_once_and_kept(tmp_path):
    path = tmp_path / "var" / "secret"

    made = env.kept(path)

    assert len(made) == 86
    assert [env.kept(path) for _ in range(2)] == [made, made]
    assert [kept.name for kept in path.parent.iterdir()] == ["secret"]


def test_a_kept_secret_is_readable_by_its_owner_only(tmp_path):
    env.kept(tmp_path / "secret")

    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_two_installations_get_two_secrets(tmp_path):
    secrets = {env.kept(tmp_path / name) for name in ("one", "two")}

    assert len(secrets) == 2


def stores():
    return env.groups("STORES", prefix="STORE", fields=["url", "key"], optional=["only"])


def test_things_of_one_kind_are_named_and_have_variables_of_their_own(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("secret\n")
    monkeypatch.setenv("STORES", "one, the_2nd")
    for name, value in {"ONE_URL": "a", "ONE_KEY": "b", "ONE_ONLY": "c", "THE_2ND_URL": "d"}.items():
        monkeypatch.setenv(f"STORE_{name}", value)
    monkeypatch.setenv("STORE_THE_2ND_KEY_FILE", str(tmp_path / "key"))

    assert stores() == {"one": {"url": "a", "key": "b", "only": "c"}, "the_2nd": {"url": "d", "key": "secret", "only": ""}}


def test_none_may_be_named():
    assert stores() == {}


def test_a_variable_that_a_named_thing_lacks_is_asked_for(monkeypatch):
    monkeypatch.setenv("STORES", "one")
    monkeypatch.setenv("STORE_ONE_URL", "a")

    with pytest.raises(env.WrongSetting, match="^STORES names 'one', so set STORE_ONE_KEY as well.$"):
        stores()


@pytest.mark.parametrize("name", ["One", "a-b", "1st", "a b", "x" * 41])
def test_a_name_that_makes_no_variable_is_loud(monkeypatch, name):
    monkeypatch.setenv("STORES", name)

    with pytest.raises(env.WrongSetting, match="^STORES holds '"):
        stores()
