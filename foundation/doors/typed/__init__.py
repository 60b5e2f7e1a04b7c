"""What was typed into a form and could not be sent: kept for its writer alone, and offered again on the same page."""
