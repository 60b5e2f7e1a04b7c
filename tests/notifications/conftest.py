from pathlib import Path

import pytest
from pytest_django import Settings

from tests.world import World, build_world


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://claims.example"
    settings.DESK_EMAIL = settings.DEFAULT_FROM_EMAIL = "desk@cpor.example"
    return build_world()
