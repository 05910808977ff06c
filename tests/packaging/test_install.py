"""uv installs from where pip is configured to."""

import pytest

from tests.support import install

CONFIGURATION = """
[global]
index-url = https://ours.example/simple
extra-index-url =
  https://first.example/simple
  https://second.example/simple
constraint = /etc/limits.txt
cert = /etc/global.pem
[install]
cert = /etc/install.pem
"""


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Return a maker of the environment of uv under variables of the user."""
    (tmp_path / "pip.conf").write_text(CONFIGURATION)

    def environment(**variables):
        for name in ("PIP_CERT", "SSL_CERT_FILE", "UV_DEFAULT_INDEX"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return install.environment()

    return environment


def test_files_of_pip_reach_uv(environment):
    made = environment()
    assert made["UV_DEFAULT_INDEX"] == "https://ours.example/simple"
    assert made["UV_CONSTRAINT"] == "/etc/limits.txt"
    assert made["SSL_CERT_FILE"] == "/etc/install.pem"
    assert made["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    two = "https://first.example/simple https://second.example/simple"
    assert environment(PIP_FIND_LINKS="/wheels /more")["UV_FIND_LINKS"] == "/wheels,/more"
    assert made["UV_INDEX"] == two


def test_variables_of_the_user_count_more(environment):
    made = environment(PIP_CERT="/etc/mine.pem", PIP_INDEX_URL="https://mine.example/simple")
    assert made["SSL_CERT_FILE"] == "/etc/mine.pem"
    assert made["UV_DEFAULT_INDEX"] == "https://mine.example/simple"
    asked = environment(UV_DEFAULT_INDEX="https://asked.example/simple")
    assert asked["UV_DEFAULT_INDEX"] == "https://asked.example/simple"
