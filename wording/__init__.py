"""The one room of words: each deadline, item, status and history line is phrased here for pages, desk, mail and API."""
