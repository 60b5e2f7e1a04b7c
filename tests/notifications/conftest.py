import pytest

from tests.world import World, build_world


@pytest.fixture
def world(db: None, settings: object, tmp_path: object) -> World:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.SITE_URL = "https://claims.example"  # type: ignore[attr-defined]
    settings.DESK_EMAIL = settings.DEFAULT_FROM_EMAIL = "desk@cpor.example"  # type: ignore[attr-defined]
    return build_world()
