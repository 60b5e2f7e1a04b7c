"""The demo: the acceptance scenarios' world on the day of loading, with claims in every status they can reach."""
