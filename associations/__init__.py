"""Partners of record: scopes, associations, their grants, and the customer's consent."""
