import inspect
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vizium import settings as settings_module
from vizium.kernel.errors import SettingsError
from vizium.settings import DOCUMENTED, load

SECRET = "s" * 40


def sentence_of(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(environment)
    return str(refused.value)


def test_settings_of_an_empty_environment_are_a_whole_centre_on_loopback(tmp_path: Path) -> None:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{tmp_path}/vizium.sqlite"
    assert (settings.mqtt_url, settings.mqtt_embedded) == ("mqtt://127.0.0.1:1883", True)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.smtp_url == ""
    assert not settings.trust_proxy
    assert not settings.secure_cookies
    assert not settings.demo


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VIZIUM_PORT", "eight"),
        ("VIZIUM_PORT", "0"),
        ("VIZIUM_MQTT_PORT", "65536"),
        ("VIZIUM_MQTT_URL", "http://broker"),
        ("VIZIUM_MQTT_URL", "mqtt://"),
        ("VIZIUM_MQTT_URL", "mqtt://broker:0"),
        ("VIZIUM_MQTT_URL", "mqtt://broker:99999"),
        ("VIZIUM_MQTT_URL", "mqtt://broker:port"),
        ("VIZIUM_BASE_URL", "vizium.example"),
        ("VIZIUM_BASE_URL", "ftp://vizium.example"),
        ("VIZIUM_BASE_URL", "https://vizium.example/path"),
        ("VIZIUM_BASE_URL", "https://vizium.example?x=1"),
        ("VIZIUM_BASE_URL", "https://vizium.example:port"),
        ("VIZIUM_BASE_URL", "https://vizium example"),
        ("VIZIUM_SMTP_URL", "mail.example.lv:25"),
        ("VIZIUM_SMTP_URL", "smtp://mail.example.lv:mail"),
        ("VIZIUM_MAIL_FROM", "VIZIUM"),
        ("VIZIUM_MAIL_FROM", "VIZIUM <a@b.lv>\nBcc: c@d.lv"),
        ("VIZIUM_TRUST_PROXY", "maybe"),
        ("VIZIUM_LOG_LEVEL", "loud"),
        ("VIZIUM_DATABASE_URL", "mysql://host/name"),
        ("VIZIUM_DATABASE_URL", "sqlite://"),
        ("VIZIUM_DATABASE_URL", "sqlite:///"),
        ("VIZIUM_DATABASE_URL", "sqlite:///:memory:"),
        ("VIZIUM_DATABASE_URL", "postgresql://host:port/name"),
        ("VIZIUM_SECRET_KEY", "short"),
    ],
)
def test_wrong_setting_gives_one_sentence_that_names_it(
    tmp_path: Path, name: str, text: str
) -> None:
    sentence = sentence_of({"VIZIUM_DATA_DIR": str(tmp_path), name: text})

    assert name in sentence
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["VIZIUM_MQTT_URL", "VIZIUM_SMTP_URL", "VIZIUM_DATABASE_URL"])
def test_wrong_address_is_named_without_its_password(tmp_path: Path, name: str) -> None:
    sentence = sentence_of(
        {"VIZIUM_DATA_DIR": str(tmp_path), name: "gopher://user:hush-hush@host:1"}
    )

    assert "hush-hush" not in sentence


def test_every_setting_that_is_read_is_documented_and_the_other_way_round() -> None:
    read = re.findall(
        r'"(VIZIUM_[A-Z_]+)"', inspect.getsource(settings_module).partition("def ")[2]
    )

    assert sorted(set(read)) == sorted(setting.name for setting in DOCUMENTED)


def test_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")

    sentence = sentence_of({"VIZIUM_DATA_DIR": str(taken)})

    assert str(taken) in sentence
    assert "VIZIUM_DATA_DIR" in sentence


def test_data_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    load({"VIZIUM_DATA_DIR": str(tmp_path / "a" / "b")})

    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    environment = {"VIZIUM_DATA_DIR": str(tmp_path)}

    first, second = load(environment), load(environment)

    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_processes_that_start_together_get_one_secret_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        loaded = pool.map(lambda _: load({"VIZIUM_DATA_DIR": str(tmp_path)}), range(64))

    assert len({settings.secret_key for settings in loaded}) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe" * 40])
def test_damaged_secret_key_is_named_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret-key").write_bytes(content)

    sentence = sentence_of({"VIZIUM_DATA_DIR": str(tmp_path)})

    assert str(tmp_path / "secret-key") in sentence
    assert (tmp_path / "secret-key").read_bytes() == content


def test_given_secret_key_is_used_and_none_is_made(tmp_path: Path) -> None:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path), "VIZIUM_SECRET_KEY": SECRET})

    assert settings.secret_key == SECRET
    assert not (tmp_path / "secret-key").exists()


def test_repr_shows_no_secret(tmp_path: Path) -> None:
    settings = load(
        {
            "VIZIUM_DATA_DIR": str(tmp_path),
            "VIZIUM_DATABASE_URL": "postgresql://user:hush-1@host/name",
            "VIZIUM_MQTT_URL": "mqtt://user:hush-2@host",
            "VIZIUM_SMTP_URL": "smtp://user:hush-3@host",
            "VIZIUM_SECRET_KEY": SECRET,
            "VIZIUM_STRIPE_KEY": "hush-4",
            "VIZIUM_STRIPE_WEBHOOK_SECRET": "hush-5",
        }
    )

    assert "hush" not in repr(settings)
    assert SECRET not in repr(settings)


def test_cookies_are_secure_where_people_come_by_tls(tmp_path: Path) -> None:
    environment = {"VIZIUM_DATA_DIR": str(tmp_path), "VIZIUM_BASE_URL": "https://vizium.example/"}

    settings = load(environment)

    assert settings.base_url == "https://vizium.example"
    assert settings.secure_cookies
