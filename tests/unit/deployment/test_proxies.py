"""The service and the proxies in front of it agree on who closes an idle connection."""

import re

import pytest

from tasks_api.server.run import configuration
from tasks_api.settings import Settings, load
from tests.support.paths import ROOT

NGINX = (ROOT / "deploy" / "nginx" / "tasks-api.conf").read_text(encoding="utf-8")
PROXIES_SECONDS = 60
"""nginx keeps an idle connection to a server for so long, as do AWS's and other load balancers."""


@pytest.mark.usefixtures("env")
def test_the_service_keeps_an_idle_connection_for_longer_than_a_proxy() -> None:
    config = configuration(None, load(Settings))
    (proxy, service) = map(int, re.findall(r"for (\d+) seconds, less than the (\d+)", NGINX)[0])

    assert config.timeout_keep_alive == service > proxy == PROXIES_SECONDS
    assert "keepalive_timeout" not in NGINX
