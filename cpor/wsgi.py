"""The entry point of a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from foundation.doors.connections import telling_the_server_to_close

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")

application = telling_the_server_to_close(get_wsgi_application())
