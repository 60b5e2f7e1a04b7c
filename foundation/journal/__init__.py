"""The audit trail and the transactional outbox: one row an event, one row a delivery, written with the state."""
