"""The entry point of a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from foundation.doors.framing import with_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")

application = with_whole_bodies(get_wsgi_application())
