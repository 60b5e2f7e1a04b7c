"""docs/events.md: all event types, their payloads, readers and listeners."""

from foundation.journal.routing import EventType, routes


def render_events() -> str:
    rows = "\n".join(_row(routes.types[name]) for name in sorted(routes.types))
    return f"""# Events

Every change records one of these events in its own transaction. Payloads contain IDs and codes; personal values are in
an erasable side table. “Partner” means that the claim's partner sees the event in the claim's history. The desk sees all.

| Event | Meaning | Read by | Payload | Runs in the same transaction | Delivered after commit |
|---|---|---|---|---|---|
{rows}
"""


def _row(event_type: EventType) -> str:
    required = [f"`{field}`" for field in event_type.fields]
    fields = ", ".join([*required, *(f"`{field}` (optional)" for field in event_type.optional)]) or "-"
    subscribers = [
        getattr(subscriber, "__name__", "") for subscriber in routes.subscribers.get(event_type.name, ())
    ]
    consumers = [consumer.name for consumer in routes.consumers.get(event_type.name, ())]
    readers = event_type.audience.label
    return (
        f"| `{event_type.name}` | {event_type.summary} | {readers} | {fields} "
        f"| {', '.join(subscribers) or '-'} | {', '.join(consumers) or '-'} |"
    )
