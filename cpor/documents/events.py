"""docs/events.md: every kind of event, what it tells and whom it reaches."""

from foundation.journal.routing import EventType, routes


def render() -> str:
    rows = "\n".join(_row(routes.types[name]) for name in sorted(routes.types))
    return f"""# Events

Every change writes one of these in its own transaction. Payloads hold ids and codes; personal values lie in an erasable
side table. “Partner” means that the claim's partner reads it in the claim's history; the desk reads all of them.

| Event | What it says | Read by | Payload | Runs in the same transaction | Delivered after commit |
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
